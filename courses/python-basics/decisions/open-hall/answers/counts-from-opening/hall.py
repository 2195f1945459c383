day = int(input())
hour = int(input())
if day <= 5 and 9 <= hour < 18:
    print(hour - 9)
elif day == 6 and 10 <= hour < 15:
    print(hour - 10)
else:
    print("Bağlıdır")
