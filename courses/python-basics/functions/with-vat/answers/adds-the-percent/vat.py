def with_vat(net, rate=18):
    return round(net + rate, 2)
