FIRST = 6 * 60
LAST = 23 * 60


def clock(minutes):
    return f"{minutes // 60}:{minutes % 60}"


def next_bus(hour, minute, every=20):
    if every < 1:
        raise ValueError("bad interval")
    now = hour * 60 + minute
    for departure in range(FIRST, LAST + 1, every):
        if departure >= now:
            return clock(departure)
    return clock(FIRST)
