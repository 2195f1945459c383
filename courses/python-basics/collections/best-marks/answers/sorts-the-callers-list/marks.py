def three_best(marks):
    marks.sort()
    marks.reverse()
    return marks[:3]


def fair_average(marks):
    if len(marks) < 3:
        raise ValueError("too few")
    marks.remove(min(marks))
    marks.remove(max(marks))
    return sum(marks) / len(marks)


def progress(marks):
    return marks[-1] - marks[0]
