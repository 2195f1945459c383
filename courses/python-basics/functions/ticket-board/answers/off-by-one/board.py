def ticket(number):
    return f"A{number:03d}"


def show_board(first, last, desk):
    for number in range(first, last):
        print(f"{ticket(number)} -> {desk}")
