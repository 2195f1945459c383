def confusion(actual, predicted):
    counts = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    for a, p in zip(actual, predicted):
        if a == 1 and p == 1:
            counts["tp"] += 1
        elif a == 1 and p == 0:
            counts["fp"] += 1
        elif a == 0 and p == 1:
            counts["fn"] += 1
        else:
            counts["tn"] += 1
    return counts


def precision(actual, predicted):
    c = confusion(actual, predicted)
    if c["tp"] + c["fp"] == 0 or c["tp"] == 0:
        return 0.0
    return c["tp"] / (c["tp"] + c["fp"])


def recall(actual, predicted):
    c = confusion(actual, predicted)
    if c["tp"] + c["fn"] == 0 or c["tp"] == 0:
        return 0.0
    return c["tp"] / (c["tp"] + c["fn"])
