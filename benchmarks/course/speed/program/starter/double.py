number = input()
