free = int(input())
limit = free
boxes = 0
weight = int(input())
while weight > 0 and weight <= free:
    free = free - weight
    boxes = boxes + 1
    weight = int(input())
print(boxes)
print(limit - free)
