balance = float(input("Balans: "))
rides = int(input("Gediş: "))
print(f"{balance - rides * 0.6:.2f}")
