ALLOWED = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def clean_fin(text):
    """The FIN without blanks around it; a wrong one raises ValueError."""
    fin = text.strip()
    if len(fin) != 7:
        raise ValueError("a FIN has seven signs")
    for sign in fin:
        if sign not in ALLOWED:
            raise ValueError("not allowed in a FIN: " + sign)
    return fin
