def clean_fin(text):
    fin = text.strip()
    if len(fin) != 7 or not fin.isalnum():
        raise ValueError("not a FIN")
    return fin
