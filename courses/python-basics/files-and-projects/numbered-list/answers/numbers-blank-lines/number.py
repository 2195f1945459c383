import sys

with open(sys.argv[1], encoding="utf-8") as file:
    lines = file.readlines()

with open(sys.argv[2], "w", encoding="utf-8") as out:
    for place, line in enumerate(lines, 1):
        if line.strip():
            out.write(f"{place}. {line.strip()}\n")
print(len(lines))
