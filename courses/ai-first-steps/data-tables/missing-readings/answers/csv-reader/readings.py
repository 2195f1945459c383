import csv
import sys

table = list(csv.DictReader(sys.stdin))
values = [float(row["temperature"]) for row in table if row["temperature"].strip()]
gaps = len(table) - len(values)
mean = "-" if not values else format(sum(values) / len(values), ".1f")
print(f"rows {len(table)}\nmissing {gaps}\nmean {mean}")
