def confusion(actual, predicted):
    counts = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    for a, p in zip(actual, predicted):
        right = "t" if a == p else "f"
        said = "p" if p == 1 else "n"
        counts[right + said] += 1
    return counts


def precision(actual, predicted):
    counts = confusion(actual, predicted)
    said_yes = counts["tp"] + counts["fp"]
    if said_yes == 0:
        raise ValueError("the model never said 1")
    return counts["tp"] / said_yes


def recall(actual, predicted):
    counts = confusion(actual, predicted)
    really_yes = counts["tp"] + counts["fn"]
    if really_yes == 0:
        raise ValueError("there is no 1 in the truth")
    return counts["tp"] / really_yes
