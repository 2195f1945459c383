place = input()
distance = int(input())
speed = int(input())
people = int(input())
hours = distance // speed
minutes = distance % speed * 60 // speed
print(f"{place}: {hours} saat {minutes} dəqiqə")
print(f"Bir nəfərə: {distance * 0.08 / people:.2f} ₼")
