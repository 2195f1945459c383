boxes = int(input())
