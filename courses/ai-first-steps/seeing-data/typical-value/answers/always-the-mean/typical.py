import numpy as np


def spread(values):
    if not values:
        raise ValueError("no values")
    return np.std(values)


def outliers(values):
    if not values:
        raise ValueError("no values")
    q1, q3 = np.percentile(values, [25, 75])
    reach = 1.5 * (q3 - q1)
    return [v for v in values if v < q1 - reach or v > q3 + reach]


def typical(values):
    if not values:
        raise ValueError("no values")
    return np.mean(values)
