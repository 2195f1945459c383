limit = int(input())
boxes = 0
total = 0
weight = 1
while weight != 0:
    weight = int(input())
    if total + weight > limit:
        break
    boxes += 1
    total += weight
print(boxes)
print(total)
