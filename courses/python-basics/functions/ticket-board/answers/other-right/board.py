def ticket(number):
    digits = str(number)
    while len(digits) < 3:
        digits = "0" + digits
    return "A" + digits


def show_board(first, last, desk):
    number = first
    while number <= last:
        print(ticket(number), "->", desk)
        number += 1
