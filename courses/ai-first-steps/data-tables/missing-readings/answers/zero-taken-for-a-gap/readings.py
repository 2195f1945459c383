import sys

rows = 0
missing = 0
known = []
for line in sys.stdin.read().splitlines()[1:]:
    rows += 1
    text = line.split(",")[1]
    value = float(text) if text else 0
    if value:
        known.append(value)
    else:
        missing += 1
print("rows", rows)
print("missing", missing)
print(f"mean {sum(known) / len(known):.1f}" if known else "mean -")
