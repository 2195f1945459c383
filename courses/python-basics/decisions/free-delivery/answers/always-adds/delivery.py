order = float(input())
if order >= 30:
    total = order
total = order + 3.5
print(f"{total:.2f}")
