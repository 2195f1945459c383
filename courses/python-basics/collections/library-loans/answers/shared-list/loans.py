def books_by_reader(loans):
    readers = [reader for reader, book in loans]
    result = dict.fromkeys(readers, [])
    for reader, book in loans:
        if book not in result[reader]:
            result[reader].append(book)
        result[reader].sort()
    return result


def most_active(loans):
    counts = {}
    for reader, book in loans:
        counts[reader] = counts.get(reader, 0) + 1
    best = None
    for reader in counts:
        if best is None or counts[reader] >= counts[best]:
            best = reader
    return best
