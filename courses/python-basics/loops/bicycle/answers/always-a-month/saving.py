price = int(input())
money = int(input())
monthly = int(input())
month = 0
while True:
    month = month + 1
    money = money + monthly
    if month % 3 == 0:
        money = money + 10
    if money >= price:
        break
print(month)
print(money - price)
