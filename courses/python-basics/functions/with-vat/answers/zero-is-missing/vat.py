def with_vat(net, rate=None):
    if not rate:
        rate = 18
    return round(net * (1 + rate / 100), 2)
