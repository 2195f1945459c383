def control_digit(number):
    """Add the digits again and again, until one digit is left."""
    if number < 0:
        raise ValueError("a folder number cannot be negative")
    if number < 10:
        return number
    total = 0
    while number > 0:
        total += number % 10
        number = number // 10
    return control_digit(total)
