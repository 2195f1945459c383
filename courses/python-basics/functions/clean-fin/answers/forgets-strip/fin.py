ALLOWED = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def clean_fin(text):
    text.strip()
    if len(text) != 7:
        raise ValueError("a FIN has seven signs")
    for sign in text:
        if sign not in ALLOWED:
            raise ValueError("not allowed: " + sign)
    return text
