import time


def square(n):
    return n * n


def mirror(text):
    try:
        return input()
    except EOFError:
        return text[::-1]


def evens(numbers):
    time.sleep(10**9)
