def digit_sum(number):
    total = 0
    for sign in str(number):
        total += int(sign)
    return total


def control_digit(number):
    if number < 0:
        raise ValueError("negative")
    return digit_sum(digit_sum(number))
