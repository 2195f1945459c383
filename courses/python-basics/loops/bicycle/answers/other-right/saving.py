missing = int(input()) - int(input())
monthly = int(input())
months = 0
until_gift = 3
while True:
    if missing <= 0:
        break
    missing = missing - monthly
    months = months + 1
    until_gift = until_gift - 1
    if until_gift == 0:
        missing = missing - 10
        until_gift = 3
print(months)
print(-missing)
