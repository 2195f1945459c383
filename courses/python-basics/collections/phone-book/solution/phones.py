def numbers_for(book, names):
    """The number of everybody in names, "?" where there is none."""
    return [(name, book.get(name, "?")) for name in names]


def shared_numbers(book):
    """The numbers of more than one person."""
    seen = set()
    shared = set()
    for number in book.values():
        if number in seen:
            shared.add(number)
        seen.add(number)
    return shared
