def read_results(text):
    results = []
    for line in text.splitlines():
        if line.strip():
            name, points = line.split(";")
            results.append((name.strip(), int(points)))
    return results.sort(key=lambda result: (-result[1], result[0]))


def passed(text, limit=51):
    return [name for name, points in read_results(text) if points >= limit]
