import numpy as np


def mae(actual, predicted):
    if len(actual) == 0 or len(actual) != len(predicted):
        raise ValueError("lengths")
    return np.mean((np.array(actual) - np.array(predicted)) ** 2)


def accuracy(actual, predicted):
    if len(actual) == 0 or len(actual) != len(predicted):
        raise ValueError("lengths")
    return 100 * np.mean(np.array(actual) == np.array(predicted))


def baseline_mae(train, test):
    return mae(test, [np.mean(train)] * len(test))
