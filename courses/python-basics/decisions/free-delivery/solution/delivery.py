order = float(input())
if order >= 30:
    total = order
else:
    total = order + 3.5
print(f"{total:.2f}")
