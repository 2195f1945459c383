order = float(input())
if order > 30:
    print(f"{order:.2f}")
else:
    print(f"{order + 3.5:.2f}")
