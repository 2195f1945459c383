wind = input()
if wind >= 2
    print("meh")
elif wind >= 6:
    print("külək")
elif wind >= 15:
    print("güclü külək")
else:
print(sakit)
