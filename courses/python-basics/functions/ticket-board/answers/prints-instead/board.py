def ticket(number):
    print(f"A{number:03d}")


def show_board(first, last, desk):
    for number in range(first, last + 1):
        print(f"{ticket(number)} -> {desk}")
