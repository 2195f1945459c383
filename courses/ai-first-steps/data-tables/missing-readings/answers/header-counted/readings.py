import sys

lines = sys.stdin.read().splitlines()
known = []
missing = 0
for line in lines:
    temperature = line.split(",")[1]
    if temperature == "":
        missing += 1
    elif temperature != "temperature":
        known.append(float(temperature))
print("rows", len(lines))
print("missing", missing)
print(f"mean {sum(known) / len(known):.1f}" if known else "mean -")
