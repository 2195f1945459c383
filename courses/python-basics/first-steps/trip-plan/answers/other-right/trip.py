place = input()
distance = int(input())
speed = int(input())
people = int(input())
total = distance * 60 // speed
print(place + ":", total // 60, "saat", total % 60, "dəqiqə")
cost = distance / 100 * 8
print(f"Bir nəfərə: {cost / people:.2f} ₼")
