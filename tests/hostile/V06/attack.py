print("x" * 2**20)
print("\n" * 10**5)
