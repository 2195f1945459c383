def confusion(actual, predicted):
    pairs = list(zip(actual, predicted))
    return {
        "tp": pairs.count((1, 1)),
        "fp": pairs.count((0, 1)),
        "fn": pairs.count((1, 0)),
        "tn": pairs.count((0, 0)),
    }


def precision(actual, predicted):
    c = confusion(actual, predicted)
    return (c["tp"] + c["tn"]) / len(actual)


def recall(actual, predicted):
    return precision(actual, predicted)
