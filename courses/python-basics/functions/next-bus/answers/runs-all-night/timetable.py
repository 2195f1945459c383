def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def next_bus(hour, minute, every=20):
    now = hour * 60 + minute
    if now < 360:
        return "06:00"
    since = now - 360
    full = since // 20
    if since % 20 > 0:
        full += 1
    return clock(360 + full * 20)
