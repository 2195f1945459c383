import numpy as np


def confusion(actual, predicted):
    a, p = np.array(actual) == 1, np.array(predicted) == 1
    return {
        "tp": int((a & p).sum()),
        "fp": int((~a & p).sum()),
        "fn": int((a & ~p).sum()),
        "tn": int((~a & ~p).sum()),
    }


def share(top, other):
    if top + other == 0:
        raise ValueError("nothing to divide by")
    return top / (top + other)


def precision(actual, predicted):
    c = confusion(actual, predicted)
    return share(c["tp"], c["fp"])


def recall(actual, predicted):
    c = confusion(actual, predicted)
    return share(c["tp"], c["fn"])
