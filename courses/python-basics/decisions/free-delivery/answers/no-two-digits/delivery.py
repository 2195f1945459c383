order = float(input())
if order < 30:
    order = order + 3.5
print(order)
