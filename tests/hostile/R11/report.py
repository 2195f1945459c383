while True:
    print("all is well, all is well, all is well" * 1000)
