def numbers_for(book, names):
    result = []
    for name in names:
        if name in book:
            result.append((name, book[name]))
        else:
            result.append((name, "?"))
    return result


def shared_numbers(book):
    numbers = list(book.values())
    return {number for number in numbers if numbers.count(number) > 1}
