import csv
import sys

sums = {}
big = []
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        amount = float(row["amount"])
        sums[row["category"]] = sums.get(row["category"], 0) + amount
        if amount > 100:
            big.append([row["item"], amount])
for category in sorted(sums, key=sums.get, reverse=True):
    print(f"{category}: {sums[category]:.2f}")
print(f"TOTAL: {sum(sums.values()):.2f}")
with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows(big)
