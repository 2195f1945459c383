import numpy as np


def checked(actual, predicted):
    if len(actual) == 0 or len(actual) != len(predicted):
        raise ValueError("not the same length")


def mae(actual, predicted):
    checked(actual, predicted)
    return abs(np.mean(np.array(actual) - np.array(predicted)))


def accuracy(actual, predicted):
    checked(actual, predicted)
    return np.mean(np.array(actual) == np.array(predicted))


def baseline_mae(train, test):
    return mae(test, [np.mean(train)] * len(test))
