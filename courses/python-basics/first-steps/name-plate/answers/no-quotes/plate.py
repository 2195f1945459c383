print("Otaq 214")
print("Qəbul")
print()
print("Bazar ertəsi - Cümə")
