def control_digit(number):
    if number < 10:
        return number
    return control_digit(number // 10 + number % 10)
