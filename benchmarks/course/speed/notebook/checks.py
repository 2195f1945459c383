from checks import answer, check


@check(points=1, title={"en": "Mean", "az": "Orta", "ru": "Среднее"})
def mean():
    answer.value("mean").close_to(7.9, abs=1.5)


@check(points=1, title={"en": "Slowest", "az": "Yavaş", "ru": "Медленный"})
def slowest():
    answer.value("slowest").satisfies(lambda value: value in (1, 2, 3, 4, 5), "a desk")


@check(points=1, title={"en": "Centre", "az": "Mərkəz", "ru": "Центр"})
def centre():
    answer.call("centre", [1.0, 2.0, 6.0]).close_to([-2.0, -1.0, 3.0], abs=1e-9)


@check(points=1, title={"en": "Chart", "az": "Qrafik", "ru": "График"})
def chart():
    answer.figure(1).axes[0].title.equals("Minutes by desk")
