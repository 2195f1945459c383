price = int(input())
money = int(input())
monthly = int(input())
month = 0
while money < price:
    money += monthly
    if month % 3 == 0:
        money += 10
    month += 1
print(month)
print(money - price)
