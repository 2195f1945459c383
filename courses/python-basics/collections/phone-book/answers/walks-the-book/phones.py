def numbers_for(book, names):
    result = []
    for name, number in book.items():
        if name in names:
            result.append((name, number))
    return result


def shared_numbers(book):
    numbers = list(book.values())
    return {number for number in numbers if numbers.count(number) == 2}
