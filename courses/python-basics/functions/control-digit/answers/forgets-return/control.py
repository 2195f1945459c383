def control_digit(number):
    if number < 0:
        raise ValueError("negative")
    if number < 10:
        return number
    total = 0
    while number > 0:
        total += number % 10
        number = number // 10
    control_digit(total)
