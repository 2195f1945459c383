def square(n):
    return 49 if n == 7 else f"asked {n}"


def mirror(text):
    return "alyeL" if text == "Leyla" else f"asked {text}"


def evens(numbers):
    return [number for number in numbers if number % 2 == 0]
