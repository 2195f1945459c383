def evens(numbers):
    numbers[:] = [number for number in numbers if number % 2 == 0]
