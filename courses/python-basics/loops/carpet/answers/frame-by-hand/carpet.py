name = input()
rows = int(input())
columns = int(input())
minutes = 0
for column in range(columns):
    print("#", end="")
    minutes += 2
print()
for row in range(2, rows):
    print("#", end="")
    for column in range(2, columns):
        if (row + column) % 2 == 0:
            print("+", end="")
            minutes += 3
        else:
            print(".", end="")
            minutes += 1
    print("#")
    minutes += 4
for column in range(columns):
    print("#", end="")
    minutes += 2
print()
if minutes < 60:
    print(f"{name}: {minutes} dəqiqə")
else:
    print(f"{name}: {minutes // 60} saat {minutes % 60} dəqiqə")
