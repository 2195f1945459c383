last_rate = 18


def with_vat(net, rate=None):
    global last_rate
    if rate is not None:
        last_rate = rate
    return round(net * (1 + last_rate / 100), 2)
