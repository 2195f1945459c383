import sys

source = sys.argv[1]
target = sys.argv[2]

names = []
with open(source, encoding="utf-8") as file:
    for line in file:
        name = line.strip()
        if name:
            names.append(name)

with open(target, "w", encoding="utf-8") as file:
    for place, name in enumerate(names, 1):
        file.write(f"{place}. {name}\n")

print(len(names))
