import csv
import sys
from datetime import datetime


def to_time(text):
    parts = text.split(":")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise ValueError(text)
    return datetime.strptime(text, "%H:%M")


if len(sys.argv) != 3:
    sys.exit("python hall.py tickets.csv report.txt")

try:
    file = open(sys.argv[1], encoding="utf-8", newline="")
except FileNotFoundError:
    print(f"file not found: {sys.argv[1]}")
    raise SystemExit(1)

with file:
    table = [row for row in csv.DictReader(file)]

served = []
left = bad = 0
for row in table:
    try:
        taken = to_time(row["taken"])
        called = to_time(row["called"]) if row["called"] else None
    except ValueError:
        bad += 1
    else:
        if called is None:
            left += 1
        elif called < taken:
            bad += 1
        else:
            wait = (called - taken).seconds // 60
            served.append((wait, row["ticket"], row["service"]))

average = longest = "-"
if served:
    average = format(sum(entry[0] for entry in served) / len(served), ".1f")
    top = max(served, key=lambda entry: entry[0])
    longest = str(top[0]) + " " + top[1]

by_service = {}
for wait, ticket, service in served:
    by_service.setdefault(service, []).append(wait)

with open(sys.argv[2], "w", encoding="utf-8") as out:
    print("tickets:", len(table), file=out)
    print("served:", len(served), file=out)
    print("left:", left, file=out)
    print("bad rows:", bad, file=out)
    print("average wait:", average, file=out)
    print("longest wait:", longest, file=out)
    names = sorted(by_service)
    names.sort(key=lambda name: len(by_service[name]), reverse=True)
    for name in names:
        waits = by_service[name]
        print(f"{name}: {len(waits)} served, {sum(waits) / len(waits):.1f} min", file=out)

print(len(served), "served, see", sys.argv[2])
