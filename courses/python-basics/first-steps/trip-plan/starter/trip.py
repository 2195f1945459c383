place = input()
distance = int(input())
