FARE = 0.60
balance = float(input())
cost = int(input()) * FARE
left = balance - cost
print("{:.2f}".format(left))
