import csv
import sys


class ServiceStats:
    """How many tickets of one service were served, and how long they waited."""

    def __init__(self, name):
        self.name = name
        self.waits = []

    def add(self, wait):
        self.waits.append(wait)

    def served(self):
        return len(self.waits)

    def average(self):
        return sum(self.waits) / len(self.waits)


def minutes(text):
    """Minutes since midnight of HH:MM; anything else raises ValueError."""
    hour, minute = text.split(":")
    hour, minute = int(hour), int(minute)
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        raise ValueError("there is no such time: " + text)
    return hour * 60 + minute


def waiting_time(row):
    """The wait of a row in minutes, None if the visitor left; a bad row raises ValueError."""
    taken = minutes(row["taken"])
    if row["called"] == "":
        return None
    wait = minutes(row["called"]) - taken
    if wait < 0:
        raise ValueError("called before the ticket was taken")
    return wait


def make_report(rows):
    """The lines of the report, and how many tickets were served."""
    services = {}
    waits = []
    left = 0
    bad = 0
    longest = None
    for row in rows:
        try:
            wait = waiting_time(row)
        except ValueError:
            bad += 1
            continue
        if wait is None:
            left += 1
            continue
        waits.append(wait)
        if longest is None or wait > longest[0]:
            longest = (wait, row["ticket"])
        name = row["service"]
        if name not in services:
            services[name] = ServiceStats(name)
        services[name].add(wait)

    lines = [f"tickets: {len(rows)}", f"served: {len(waits)}", f"left: {left}", f"bad rows: {bad}"]
    if waits:
        lines.append(f"average wait: {sum(waits) / len(waits):.1f}")
        lines.append(f"longest wait: {longest[0]} {longest[1]}")
    else:
        lines.append("average wait: -")
        lines.append("longest wait: -")
    for stats in sorted(services.values(), key=lambda stats: (-stats.served(), stats.name)):
        lines.append(f"{stats.name}: {stats.served()} served, {stats.average():.1f} min")
    return lines, len(waits)


def main():
    source, target = sys.argv[1], sys.argv[2]
    try:
        with open(source, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        print("file not found:", source)
        sys.exit(1)
    lines, served = make_report(rows)
    with open(target, "w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
    print(f"{served} served, see {target}")


if __name__ == "__main__":
    main()
