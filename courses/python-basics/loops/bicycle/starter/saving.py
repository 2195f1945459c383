price = int(input())
money = int(input())
monthly = int(input())
