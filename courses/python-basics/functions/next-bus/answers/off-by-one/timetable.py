FIRST = 6 * 60
LAST = 23 * 60


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def next_bus(hour, minute, every=20):
    if every < 1:
        raise ValueError("bad interval")
    now = hour * 60 + minute
    for departure in range(FIRST, LAST, every):
        if departure > now:
            return clock(departure)
    return clock(FIRST)
