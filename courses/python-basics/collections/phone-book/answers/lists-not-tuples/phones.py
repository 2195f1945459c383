def numbers_for(book, names):
    return [[name, book.get(name, "?")] for name in names]


def shared_numbers(book):
    seen = set()
    shared = set()
    for number in book.values():
        if number in seen:
            shared.add(number)
        else:
            seen.add(number)
    return shared
