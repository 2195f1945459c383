def three_best(marks):
    result = sorted(marks)
    return [result[-1], result[-2], result[-3]]


def fair_average(marks):
    middle = [mark for mark in marks if mark != min(marks) and mark != max(marks)]
    return sum(middle) // len(middle)


def progress(marks):
    return marks[-1] - marks[0]
