def books_by_reader(loans):
    """For every reader the sorted list of different books."""
    books = {}
    for reader, book in loans:
        if reader not in books:
            books[reader] = set()
        books[reader].add(book)
    return {reader: sorted(titles) for reader, titles in books.items()}


def most_active(loans):
    """The reader with the most loans, the first among equals."""
    counts = {}
    for reader, _ in loans:
        counts[reader] = counts.get(reader, 0) + 1
    return max(counts, key=counts.get)
