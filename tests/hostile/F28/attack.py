def first(things):
    while True:
        yield from things


def naturals():
    n = 0
    while True:
        n += 1
        yield n
