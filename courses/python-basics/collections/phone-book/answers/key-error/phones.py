def numbers_for(book, names):
    result = []
    for name in names:
        result.append((name, book[name]))
    return result


def shared_numbers(book):
    shared = []
    numbers = list(book.values())
    for number in numbers:
        if numbers.count(number) > 1:
            shared.append(number)
    return shared
