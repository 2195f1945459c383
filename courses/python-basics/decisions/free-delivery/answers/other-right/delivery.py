total = float(input())
if total < 30:
    total = total + 3.50
print(f"{total:.2f}")
