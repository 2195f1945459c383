old = int(input())
used = int(input()) - old
print(used)
manat = used * 9 // 100
rest = used * 9 - manat * 100
print(f"{manat} manat {rest} qəpik")
