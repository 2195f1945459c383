def to_amount(text):
    if type(text) is not str:
        raise TypeError(text)
    whole, comma, rest = text.partition(",")
    if comma:
        text = whole + "." + rest
    return float(text)


def is_amount(text):
    try:
        to_amount(text)
    except ValueError:
        return False
    return True


def total(texts):
    good = [to_amount(text) for text in texts if is_amount(text)]
    bad = [text for text in texts if not is_amount(text)]
    return (sum(good), bad)
