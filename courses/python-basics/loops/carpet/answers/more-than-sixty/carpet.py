name = input()
rows = int(input())
columns = int(input())

minutes = 0
for row in range(1, rows + 1):
    for column in range(1, columns + 1):
        if row == 1 or row == rows or column == 1 or column == columns:
            print("#", end="")
            minutes += 2
        elif (row + column) % 2 == 0:
            print("+", end="")
            minutes += 3
        else:
            print(".", end="")
            minutes += 1
    print()

if minutes <= 60:
    print(f"{name}: {minutes} dəqiqə")
else:
    print(f"{name}: {minutes // 60} saat {minutes % 60} dəqiqə")
