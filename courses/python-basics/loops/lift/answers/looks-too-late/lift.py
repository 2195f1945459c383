limit = int(input())
boxes = 0
total = 0
while total <= limit:
    weight = int(input())
    if weight == 0:
        break
    boxes += 1
    total += weight
print(boxes)
print(total)
