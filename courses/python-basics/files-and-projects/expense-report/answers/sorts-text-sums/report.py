import csv
import sys

sums = {}
expenses = []
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        expenses.append(row)
        sums[row["category"]] = sums.get(row["category"], 0) + float(row["amount"])
lines = [(f"{total:.2f}", category) for category, total in sums.items()]
lines.sort(reverse=True)
for total, category in lines:
    print(category + ": " + total)
print(f"TOTAL: {sum(sums.values()):.2f}")
with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["item", "amount"])
    for row in expenses:
        if row["amount"] >= "100":
            writer.writerow([row["item"], row["amount"]])
