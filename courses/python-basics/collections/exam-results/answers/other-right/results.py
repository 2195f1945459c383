def by_points(result):
    return result[1]


def read_results(text):
    lines = [line.strip() for line in text.split("\n")]
    pairs = [line.split(";") for line in lines if line != ""]
    results = [(pair[0].strip(), int(pair[1].strip())) for pair in pairs]
    results.sort()
    results.sort(key=by_points, reverse=True)
    return results


def passed(text, limit=51):
    names = []
    for name, points in read_results(text):
        if points < limit:
            break
        names.append(name)
    return names
