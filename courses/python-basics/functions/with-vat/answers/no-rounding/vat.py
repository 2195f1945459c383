def with_vat(net, rate=18):
    return net + net * rate / 100
