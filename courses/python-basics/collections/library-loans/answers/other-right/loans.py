def books_by_reader(loans):
    result = {}
    for reader, book in sorted(loans):
        books = result.setdefault(reader, [])
        if book not in books:
            books.append(book)
    return result


def most_active(loans):
    readers = [loan[0] for loan in loans]
    best = readers[0]
    for reader in readers:
        if readers.count(reader) > readers.count(best):
            best = reader
    return best
