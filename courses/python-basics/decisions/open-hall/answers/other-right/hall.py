day = int(input())
hour = int(input())
opens = 9
closes = 18
if day == 6:
    opens = 10
    closes = 15
if day == 7 or hour < opens or hour >= closes:
    print("Bağlıdır")
else:
    print(closes - hour)
