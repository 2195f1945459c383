import numpy as np


def same_length(actual, predicted):
    if len(actual) == 0 or len(actual) != len(predicted):
        raise ValueError("two lists of the same length are needed, not empty ones")


def mae(actual, predicted):
    same_length(actual, predicted)
    return np.mean(np.abs(np.array(actual) - np.array(predicted)))


def accuracy(actual, predicted):
    same_length(actual, predicted)
    return np.mean(np.array(actual) == np.array(predicted))


def baseline_mae(train, test):
    return mae(test, [np.mean(train)] * len(test))
