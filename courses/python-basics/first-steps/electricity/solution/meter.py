old = int(input())
new = int(input())
used = new - old
qapik = used * 9
print(used)
print(qapik // 100, "manat", qapik % 100, "qəpik")
