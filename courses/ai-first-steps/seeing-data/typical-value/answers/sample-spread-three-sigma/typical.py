import numpy as np


def spread(values):
    if not values:
        raise ValueError("no values")
    return np.std(values, ddof=1)


def outliers(values):
    mean, s = np.mean(values), spread(values)
    return [v for v in values if abs(v - mean) > 3 * s]


def typical(values):
    return np.median(values) if outliers(values) else np.mean(values)
