import numpy as np


def checked(values):
    array = np.array(values, dtype=float)
    if array.size == 0:
        raise ValueError("the list is empty")
    return array


def spread(values):
    x = checked(values)
    return float((((x - x.mean()) ** 2).sum() / x.size) ** 0.5)


def outliers(values):
    x = checked(values)
    low, high = np.quantile(x, 0.25), np.quantile(x, 0.75)
    step = 1.5 * (high - low)
    mask = (x < low - step) | (x > high + step)
    return x[mask].tolist()


def typical(values):
    x = sorted(checked(values))
    if not outliers(values):
        return sum(x) / len(x)
    middle = len(x) // 2
    return x[middle] if len(x) % 2 else (x[middle - 1] + x[middle]) / 2
