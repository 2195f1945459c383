def three_best(marks):
    rest = marks.copy()
    best = []
    while rest and len(best) < 3:
        top = max(rest)
        rest.remove(top)
        best.append(top)
    return best


def fair_average(marks):
    if len(marks) < 3:
        raise ValueError("too few")
    middle = sorted(marks)[1:-1]
    return sum(middle) / len(middle)


def progress(marks):
    return marks[len(marks) - 1] - marks[0]
