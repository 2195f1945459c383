import numpy as np


def square(n):
    return np.int64(n) ** 2


def mirror(text):
    return text[::-1]


def evens(numbers):
    return tuple(number for number in numbers if number % 2 == 0)
