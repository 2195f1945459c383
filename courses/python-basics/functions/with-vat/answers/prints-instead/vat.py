def with_vat(net, rate=18):
    print(round(net * (1 + rate / 100), 2))
