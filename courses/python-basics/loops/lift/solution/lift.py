limit = int(input())

boxes = 0
total = 0
while True:
    weight = int(input())
    if weight == 0:
        break
    if total + weight > limit:
        break
    boxes += 1
    total += weight

print(boxes)
print(total)
