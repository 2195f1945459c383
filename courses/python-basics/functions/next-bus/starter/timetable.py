FIRST = 6 * 60
LAST = 23 * 60


def clock(minutes):
    ...


def next_bus(hour, minute, every=20):
    ...
