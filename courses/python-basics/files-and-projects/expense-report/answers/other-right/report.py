import csv
import sys

sums = {}
total = 0
with open(sys.argv[1], encoding="utf-8", newline="") as source, open(sys.argv[2], "w", encoding="utf-8") as target:
    target.write("item,amount\n")
    rows = csv.reader(source)
    header = next(rows)
    for row in rows:
        record = dict(zip(header, row))
        amount = float(record["amount"])
        sums.setdefault(record["category"], 0)
        sums[record["category"]] += amount
        total += amount
        if amount >= 100:
            item = record["item"]
            if "," in item:
                item = '"' + item + '"'
            target.write(item + "," + format(amount, ".2f") + "\n")

names = sorted(sums)
names.sort(key=sums.get, reverse=True)
for name in names:
    print(name + ":", format(sums[name], ".2f"))
print("TOTAL:", format(total, ".2f"))
