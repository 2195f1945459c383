import random


def square(n):
    assert random.random() < 1
    return n * n


def mirror(text):
    return text[::-1]


def evens(numbers):
    return [number for number in numbers if number % 2 == 0]
