import numpy as np


def spread(values):
    if not values:
        raise ValueError("no values")
    return np.std(values)


def outliers(values):
    if not values:
        raise ValueError("no values")
    q1, q3 = np.percentile(values, [25, 75])
    return [v for v in values if v > q3 + 1.5 * (q3 - q1)]


def typical(values):
    return np.median(values) if outliers(values) else np.mean(values)
