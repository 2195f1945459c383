def clock(minutes):
    hours = str(minutes // 60)
    rest = str(minutes % 60)
    return hours.zfill(2) + ":" + rest.zfill(2)


def next_bus(hour, minute, every=20):
    if every <= 0:
        raise ValueError(every)
    now = hour * 60 + minute
    bus = 360
    while bus < now:
        bus = bus + every
    if bus > 1380:
        bus = 360
    return clock(bus)
