def three_best(marks):
    """The three best marks, the highest first."""
    return sorted(marks, reverse=True)[:3]


def fair_average(marks):
    """The average without one lowest and one highest mark."""
    if len(marks) < 3:
        raise ValueError("at least three marks are needed")
    return (sum(marks) - min(marks) - max(marks)) / (len(marks) - 2)


def progress(marks):
    """The last mark minus the first."""
    return marks[-1] - marks[0]
