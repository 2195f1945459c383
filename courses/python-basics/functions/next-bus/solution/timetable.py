FIRST = 6 * 60
LAST = 23 * 60


def clock(minutes):
    """Minutes since midnight as HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def next_bus(hour, minute, every=20):
    """When the next bus leaves; after the last one it is tomorrow's first."""
    if every < 1:
        raise ValueError("the interval must be at least one minute")
    now = hour * 60 + minute
    for departure in range(FIRST, LAST + 1, every):
        if departure >= now:
            return clock(departure)
    return clock(FIRST)
