distance = float(input())
hour = int(input())
with_luggage = input() == "bəli"
by_day = 6 <= hour < 23
if distance <= 3:
    distance = 3
qapik = 200 + (distance - 3) * 50
if not by_day:
    qapik = qapik + qapik * 20 / 100
if with_luggage:
    qapik = qapik + 100
if by_day:
    print(f"Gündüz: {qapik / 100:.2f} ₼")
else:
    print(f"Gecə: {qapik / 100:.2f} ₼")
