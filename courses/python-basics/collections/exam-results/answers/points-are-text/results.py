def read_results(text):
    results = []
    for line in text.splitlines():
        if line.strip():
            name, points = line.split(";")
            results.append((name.strip(), points.strip()))
    results = sorted(results, key=lambda result: result[1], reverse=True)
    return [(name, int(points)) for name, points in results]


def passed(text, limit=51):
    return [name for name, points in read_results(text) if points > limit]
