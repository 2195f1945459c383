def books_by_reader(loans):
    result = {}
    for reader, book in loans:
        if reader not in result:
            result[reader] = []
        result[reader].append(book)
    for reader in result:
        result[reader].sort()
    return result


def most_active(loans):
    counts = {}
    for reader, book in loans:
        counts[reader] = counts.get(reader, 0) + 1
    return max(counts.values())
