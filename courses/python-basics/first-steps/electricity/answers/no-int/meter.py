old = input()
new = input()
used = new - old
print(used)
print(used * 9 // 100, "manat", used * 9 % 100, "qəpik")
