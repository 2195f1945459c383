day = int(input())
hour = int(input())
if day <= 5:
    if 9 <= hour < 18:
        print(18 - hour)
    else:
        print("Bağlıdır")
else:
    if 10 <= hour < 15:
        print(15 - hour)
    else:
        print("Bağlıdır")
