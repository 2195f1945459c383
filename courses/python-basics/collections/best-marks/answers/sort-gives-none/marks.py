def three_best(marks):
    best = marks.sort(reverse=True)
    return best[:3]


def fair_average(marks):
    if len(marks) < 3:
        raise ValueError("too few")
    middle = marks.sort()
    return sum(middle[1:-1]) / (len(marks) - 2)


def progress(marks):
    return marks[-1] - marks[0]
