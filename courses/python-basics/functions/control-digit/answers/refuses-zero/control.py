def control_digit(number):
    if number <= 0:
        raise ValueError("the number must be positive")
    if number < 10:
        return number
    total = 0
    while number > 0:
        total += number % 10
        number = number // 10
    return control_digit(total)
