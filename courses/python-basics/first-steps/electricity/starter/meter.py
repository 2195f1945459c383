old = int(input())
new = int(input())
