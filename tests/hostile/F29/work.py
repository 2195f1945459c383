def square(n):
    return n * n


def mirror(text):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


def evens(numbers):
    numbers.append(numbers)
    return numbers
