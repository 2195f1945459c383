def control_digit(number):
    if number < 0:
        raise ValueError(number)
    while number > 9:
        total = 0
        for sign in str(number):
            total += int(sign)
        number = total
    return number
