import sys

lines = sys.stdin.read().splitlines()
rows = 0
known = []
for line in lines[1:]:
    hour, temperature = line.split(",")
    rows += 1
    if temperature != "":
        known.append(float(temperature))

print("rows", rows)
print("missing", rows - len(known))
if known:
    print(f"mean {sum(known) / len(known):.1f}")
else:
    print("mean -")
