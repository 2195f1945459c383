import time


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def square(n):
    assert deep(900) == 900
    return n * n


def mirror(text):
    room = bytearray(b"x") * (200 << 20)
    return text[::-1] if len(room) else ""


def evens(numbers):
    while time.process_time() < 0.8:
        pass
    return [number for number in numbers if number % 2 == 0]
