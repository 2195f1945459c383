day = int(input())
hour = int(input())
if day <= 5 and hour < 18:
    print(18 - hour)
elif day == 6 and hour < 15:
    print(15 - hour)
else:
    print("Bağlıdır")
