wind = float(input())
if wind >= 15:
    print("güclü külək")
if wind >= 6:
    print("külək")
if wind >= 2:
    print("meh")
else:
    print("sakit")
