day = int(input())
hour = int(input())
if day == 1 or 2 or 3 or 4 or 5 and 9 <= hour < 18:
    print(18 - hour)
elif day == 6 and 10 <= hour < 15:
    print(15 - hour)
else:
    print("Bağlıdır")
