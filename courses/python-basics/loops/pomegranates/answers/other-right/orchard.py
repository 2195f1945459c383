boxes = int(input())
heaviest = float(input())
total = heaviest
light = 0
if heaviest < 8:
    light = 1
number = 1
while number < boxes:
    weight = float(input())
    if weight < 8:
        light = light + 1
    if heaviest < weight:
        heaviest = weight
    total = total + weight
    number = number + 1
print(round(total, 1))
print(boxes - light)
print(heaviest)
