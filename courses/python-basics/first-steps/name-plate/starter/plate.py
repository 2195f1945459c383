print("Otaq")
