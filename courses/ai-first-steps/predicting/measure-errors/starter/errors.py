import numpy as np


def mae(actual, predicted):
    ...


def accuracy(actual, predicted):
    ...


def baseline_mae(train, test):
    ...
