import numpy as np


def spread(values):
    if len(values) == 0:
        raise ValueError("no values")
    return np.std(values)


def outliers(values):
    if len(values) == 0:
        raise ValueError("no values")
    q1, q3 = np.percentile(values, [25, 75])
    reach = 1.5 * (q3 - q1)
    return [value for value in values if value < q1 - reach or value > q3 + reach]


def typical(values):
    if outliers(values):
        return np.median(values)
    return np.mean(values)
