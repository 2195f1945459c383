def ticket(number):
    return "A00" + str(number)


def show_board(first, last, desk):
    for number in range(first, last + 1):
        print(f"{ticket(number)} -> {desk}")
