distance = float(input())
hour = int(input())
luggage = input()

price = 2
if distance > 3:
    price = price + (distance - 3) * 0.5

if hour >= 23 or hour < 6:
    word = "Gecə"
    price = price * 1.2
else:
    word = "Gündüz"

if luggage == "bəli":
    price = price + 1

print(f"{word}: {price:.2f} ₼")
