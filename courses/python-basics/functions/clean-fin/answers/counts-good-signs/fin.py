ALLOWED = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def clean_fin(text):
    fin = text.strip()
    good = 0
    for sign in fin:
        if sign in ALLOWED:
            good += 1
    if good == 7 and len(fin) == 7:
        return fin
    raise ValueError("not a FIN")
