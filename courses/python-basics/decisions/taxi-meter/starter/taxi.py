distance = float(input())
hour = int(input())
luggage = input()
