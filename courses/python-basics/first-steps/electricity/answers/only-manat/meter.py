old = int(input())
new = int(input())
used = new - old
print(used)
print(used * 9 // 100, "manat 0 qəpik")
