def books_by_reader(loans):
    result = {}
    for reader, book in loans:
        if reader not in result:
            result[reader] = []
        if book not in result[reader]:
            result[reader].append(book)
    return result


def most_active(loans):
    books = books_by_reader(loans)
    return max(books, key=lambda reader: len(books[reader]))
