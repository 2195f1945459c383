names = []
with open("visitors.txt", encoding="utf-8") as file:
    for line in file:
        if line.strip():
            names.append(line.strip())

with open("numbered.txt", "w", encoding="utf-8") as file:
    for place, name in enumerate(names):
        file.write(f"{place}. {name}\n")

print("Names:", len(names))
