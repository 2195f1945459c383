def confusion(actual, predicted):
    counts = {}
    for a, p in zip(actual, predicted):
        key = ("t" if a == p else "f") + ("p" if p else "n")
        counts[key] = counts.get(key, 0) + 1
    return counts


def precision(actual, predicted):
    c = confusion(actual, predicted)
    yes = c.get("tp", 0) + c.get("fp", 0)
    return c.get("tp", 0) / yes if yes else 0.0


def recall(actual, predicted):
    c = confusion(actual, predicted)
    yes = c.get("tp", 0) + c.get("fn", 0)
    return c.get("tp", 0) / yes if yes else 0.0
