def control_digit(number):
    if number < 0:
        raise ValueError("negative")
    text = str(number)
    while len(text) > 1:
        total = 0
        for sign in text:
            total += int(sign)
        text = str(total)
    return text
