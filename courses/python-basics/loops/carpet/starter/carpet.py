name = input()
rows = int(input())
columns = int(input())
