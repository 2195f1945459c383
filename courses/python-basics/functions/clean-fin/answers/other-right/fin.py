import re


def clean_fin(text):
    fin = text.strip()
    if not re.fullmatch("[0-9A-HJ-NP-Z]{7}", fin):
        raise ValueError(fin)
    return fin
