boxes = int(input())
total = 0
market = 0
heaviest = 0
for box in range(1, boxes):
    weight = float(input())
    total += weight
    if weight >= 8:
        market += 1
    if weight > heaviest:
        heaviest = weight
print(f"{total:.1f}")
print(market)
print(f"{heaviest:.1f}")
