balance = int(input())
rides = int(input())
print(f"{balance - rides * 0.6:.2f}")
