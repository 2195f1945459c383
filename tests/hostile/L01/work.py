import sys


def told(value):
    print("told:", value)
    print("told:", value, file=sys.stderr)
    return value


def square(n):
    return told(n) ** 2


def mirror(text):
    return told(text)[::-1]


def evens(numbers):
    return [number for number in told(numbers) if number % 2 == 0]
