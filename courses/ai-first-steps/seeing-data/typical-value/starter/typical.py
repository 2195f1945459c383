import numpy as np


def spread(values):
    ...


def outliers(values):
    ...


def typical(values):
    ...
