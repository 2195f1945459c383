import csv
import sys

sums = {}
big = []
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = list(csv.reader(file))
for day, item, category, amount in rows[1:]:
    try:
        amount = float(amount)
    except ValueError:
        continue
    sums[category] = sums.get(category, 0) + amount
    if amount >= 100:
        big.append([item, f"{amount:.2f}"])
for category, total in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])):
    print(f"{category}: {total:.2f}")
print(f"TOTAL: {sum(sums.values()):.2f}")
with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["item", "amount"])
    writer.writerows(big)
