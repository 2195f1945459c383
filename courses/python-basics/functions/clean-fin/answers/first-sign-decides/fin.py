ALLOWED = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def clean_fin(text):
    fin = text.strip()
    if len(fin) != 7:
        raise ValueError("a FIN has seven signs")
    for sign in fin:
        if sign in ALLOWED:
            return fin
        else:
            raise ValueError("not allowed: " + sign)
