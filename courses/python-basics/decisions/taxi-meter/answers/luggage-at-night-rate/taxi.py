distance = float(input())
hour = int(input())
luggage = input()
price = 2
if distance > 3:
    price = price + (distance - 3) * 0.5
if luggage == "bəli":
    price = price + 1
if hour >= 23 or hour < 6:
    print(f"Gecə: {price * 1.2:.2f} ₼")
else:
    print(f"Gündüz: {price:.2f} ₼")
