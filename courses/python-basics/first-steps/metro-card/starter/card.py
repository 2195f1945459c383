balance = input()
rides = input()
