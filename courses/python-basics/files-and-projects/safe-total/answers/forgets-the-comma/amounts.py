def to_amount(text):
    try:
        return float(text)
    except ValueError:
        return 0.0


def total(texts):
    amount = 0.0
    bad = []
    for text in texts:
        value = to_amount(text)
        if value == 0.0:
            bad.append(text)
        amount += value
    return amount, bad
