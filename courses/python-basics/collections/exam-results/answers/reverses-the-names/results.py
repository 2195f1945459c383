def read_results(text):
    results = []
    for line in text.splitlines():
        if line.strip():
            name, points = line.split(";")
            results.append((name.strip(), int(points)))
    return sorted(results, key=lambda result: (result[1], result[0]), reverse=True)


def passed(text, limit=51):
    return [name for name, points in read_results(text) if points >= limit]
