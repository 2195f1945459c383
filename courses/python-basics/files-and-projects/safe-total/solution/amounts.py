def to_amount(text):
    """The amount of a text; comma and point are read alike."""
    if not isinstance(text, str):
        raise TypeError("an amount is written as text")
    return float(text.strip().replace(",", "."))


def total(texts):
    """The sum of all amounts, and the texts that are none."""
    amount = 0.0
    bad = []
    for text in texts:
        try:
            amount += to_amount(text)
        except ValueError:
            bad.append(text)
    return amount, bad
