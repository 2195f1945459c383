order = float(input())
