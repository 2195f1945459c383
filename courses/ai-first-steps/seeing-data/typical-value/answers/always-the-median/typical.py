import numpy as np


def spread(values):
    return np.std(values)


def outliers(values):
    q1, q3 = np.percentile(values, [25, 75])
    reach = 1.5 * (q3 - q1)
    return [v for v in values if v < q1 - reach or v > q3 + reach]


def typical(values):
    return np.median(values)
