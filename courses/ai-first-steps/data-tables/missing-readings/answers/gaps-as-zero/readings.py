import sys

lines = sys.stdin.read().splitlines()[1:]
missing = 0
total = 0
for line in lines:
    hour, temperature = line.split(",")
    if temperature == "":
        missing += 1
        temperature = 0
    total += float(temperature)
print("rows", len(lines))
print("missing", missing)
print(f"mean {total / len(lines):.1f}")
