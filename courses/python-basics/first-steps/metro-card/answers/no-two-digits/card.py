balance = float(input())
rides = int(input())
print(round(balance - rides * 0.6, 2))
