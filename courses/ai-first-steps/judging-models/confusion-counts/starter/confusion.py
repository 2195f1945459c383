def confusion(actual, predicted):
    ...


def precision(actual, predicted):
    ...


def recall(actual, predicted):
    ...
