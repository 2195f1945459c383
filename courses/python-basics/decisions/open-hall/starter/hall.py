day = int(input())
hour = int(input())
