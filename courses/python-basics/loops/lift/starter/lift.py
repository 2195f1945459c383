limit = int(input())
