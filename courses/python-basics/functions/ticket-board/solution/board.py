def ticket(number):
    """The name of a ticket: the letter A and three digits."""
    return f"A{number:03d}"


def show_board(first, last, desk):
    """Print one line for every ticket from first to last."""
    for number in range(first, last + 1):
        print(f"{ticket(number)} -> {desk}")
