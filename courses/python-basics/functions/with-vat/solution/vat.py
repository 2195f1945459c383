def with_vat(net, rate=18):
    """The price with VAT, rounded to two decimal places."""
    return round(net + net * rate / 100, 2)
