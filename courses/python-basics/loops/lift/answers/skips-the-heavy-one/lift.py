limit = int(input())
boxes = 0
total = 0
weight = int(input())
while weight != 0:
    if total + weight <= limit:
        boxes += 1
        total += weight
    weight = int(input())
print(boxes)
print(total)
