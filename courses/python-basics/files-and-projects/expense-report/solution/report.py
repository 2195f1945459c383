import csv
import sys


def read_expenses(name):
    """All rows of the file, amounts as numbers."""
    with open(name, encoding="utf-8", newline="") as file:
        return [(row["item"], row["category"], float(row["amount"])) for row in csv.DictReader(file)]


def sums_by_category(expenses):
    sums = {}
    for _, category, amount in expenses:
        sums[category] = sums.get(category, 0) + amount
    return sums


expenses = read_expenses(sys.argv[1])

sums = sums_by_category(expenses)
for category, total in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])):
    print(f"{category}: {total:.2f}")
print(f"TOTAL: {sum(sums.values()):.2f}")

with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["item", "amount"])
    for item, _, amount in expenses:
        if amount >= 100:
            writer.writerow([item, f"{amount:.2f}"])
