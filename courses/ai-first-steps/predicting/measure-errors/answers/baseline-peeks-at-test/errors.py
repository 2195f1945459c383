def mae(actual, predicted):
    pairs = list(zip(actual, predicted))
    if not pairs:
        return 0.0
    return sum(abs(a - p) for a, p in pairs) / len(pairs)


def accuracy(actual, predicted):
    pairs = list(zip(actual, predicted))
    if not pairs:
        return 0.0
    return sum(a == p for a, p in pairs) / len(pairs)


def baseline_mae(train, test):
    mean = sum(test) / len(test)
    return mae(test, [mean] * len(test))
