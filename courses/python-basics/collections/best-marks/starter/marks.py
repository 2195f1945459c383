def three_best(marks):
    ...


def fair_average(marks):
    ...


def progress(marks):
    ...
