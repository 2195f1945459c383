def square(n):
    return n * n if n < 1000 else 0


def mirror(text):
    return text[::-1]


def evens(numbers):
    return [number for number in numbers if number % 2 == 0]
