ALLOWED = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def clean_fin(text):
    fin = text.strip()
    if len(fin) != 7:
        print("ValueError")
        return
    for sign in fin:
        if sign not in ALLOWED:
            print("ValueError")
            return
    return fin
