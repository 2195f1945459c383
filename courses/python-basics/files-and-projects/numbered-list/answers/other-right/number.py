import sys

with open(sys.argv[1], encoding="utf-8") as file:
    lines = file.read().splitlines()

number = 0
with open(sys.argv[2], "w", encoding="utf-8") as out:
    for line in lines:
        if line.strip() == "":
            continue
        number += 1
        print(str(number) + ".", line.strip(), file=out)
print(number)
