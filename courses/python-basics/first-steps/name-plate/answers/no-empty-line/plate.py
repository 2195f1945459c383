print("Otaq 214")
print('"Qəbul"')
print("Bazar ertəsi - Cümə")
