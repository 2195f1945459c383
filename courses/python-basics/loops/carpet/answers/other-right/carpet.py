name = input()
rows = int(input())
columns = int(input())
hours = 0
minutes = 0
row = 0
while row < rows:
    line = ""
    for column in range(columns):
        if row > 0 and row < rows - 1 and column > 0 and column < columns - 1:
            if row % 2 == column % 2:
                line += "+"
                minutes += 3
            else:
                line += "."
                minutes += 1
        else:
            line += "#"
            minutes += 2
        if minutes >= 60:
            hours += 1
            minutes -= 60
    print(line)
    row += 1
if hours > 0:
    print(name + ":", hours, "saat", minutes, "dəqiqə")
else:
    print(name + ":", minutes, "dəqiqə")
