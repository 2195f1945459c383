order = input()
if order >= 30:
    print(order)
else:
    print(order + 3.5)
