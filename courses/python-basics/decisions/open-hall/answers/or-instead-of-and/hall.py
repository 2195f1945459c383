day = int(input())
hour = int(input())
if day <= 5 or 9 <= hour < 18:
    print(18 - hour)
elif day == 6 or 10 <= hour < 15:
    print(15 - hour)
else:
    print("Bağlıdır")
