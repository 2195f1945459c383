import sys

sums = {}
big = []
with open(sys.argv[1], encoding="utf-8") as file:
    lines = file.readlines()
for line in lines[1:]:
    parts = line.strip().split(",")
    item, category, amount = parts[1], parts[2], float(parts[3])
    sums[category] = sums.get(category, 0) + amount
    if amount >= 100:
        big.append((item, amount))
for category, total in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])):
    print(f"{category}: {total:.2f}")
print(f"TOTAL: {sum(sums.values()):.2f}")
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write("item,amount\n")
    for item, amount in big:
        file.write(f"{item},{amount:.2f}\n")
