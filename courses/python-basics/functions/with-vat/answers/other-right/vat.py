DEFAULT_RATE = 18


def with_vat(net, rate=DEFAULT_RATE):
    factor = (100 + rate) / 100
    gross = net * factor
    return round(gross, 2)
