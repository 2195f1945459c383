def read_results(text):
    results = []
    for line in text.splitlines():
        if line == "":
            continue
        name, points = line.split(";")
        results.append((name, int(points)))
    return sorted(results, key=lambda result: (-result[1], result[0]))


def passed(text, limit=51):
    return [name for name, points in read_results(text) if points >= 51]
