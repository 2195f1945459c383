import sys

number = 0
with open(sys.argv[1], encoding="utf-8") as file:
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for line in file:
            number += 1
            out.write(f"{number}. {line}\n")
print(number)
