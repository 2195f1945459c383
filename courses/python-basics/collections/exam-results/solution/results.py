def read_results(text):
    """Pairs of name and points, the best first, equal ones by name."""
    results = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, points = line.split(";")
        results.append((name.strip(), int(points)))
    return sorted(results, key=lambda result: (-result[1], result[0]))


def passed(text, limit=51):
    """The names of those who reached the limit."""
    return [name for name, points in read_results(text) if points >= limit]
