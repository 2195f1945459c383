import sys

lines = sys.stdin.read().splitlines()[1:]
known = [float(line.split(",")[1]) for line in lines if line.split(",")[1] != ""]
print("rows", len(lines))
print("missing", len(lines) - len(known))
print(f"mean {sum(known) / len(known):.1f}")
