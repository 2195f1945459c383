def to_amount(text):
    if not isinstance(text, str):
        raise TypeError("text, please")
    return float(text.strip().replace(",", "."))


def total(texts):
    amount = 0.0
    bad = []
    for text in texts:
        try:
            amount += to_amount(text)
        except:
            bad.append(text)
    return amount, bad
