ALLOWED = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def clean_fin(text):
    fin = text.strip()
    if len(fin) != 7:
        return False
    for sign in fin:
        if sign not in ALLOWED:
            return False
    return True
