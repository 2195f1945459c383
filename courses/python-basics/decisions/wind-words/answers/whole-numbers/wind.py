wind = int(input())
if wind >= 15:
    print("güclü külək")
elif wind >= 6:
    print("külək")
elif wind >= 2:
    print("meh")
else:
    print("sakit")
