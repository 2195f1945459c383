from checks import answer, check, rng, solution


@check(points=2, title={"en": "Errors do not cancel out", "az": "Xətalar bir-birini ləğv etmir", "ru": "Ошибки не гасят друг друга"})
def mae_of_three():
    answer.call("mae", [120, 90, 200], [110, 95, 230]).close_to(15.0, rel=1e-6)


@check(points=2, title={"en": "The share of right answers", "az": "Düzgün cavabların payı", "ru": "Доля верных ответов"})
def accuracy_of_texts():
    answer.call("accuracy", ["a", "b", "b", "a"], ["a", "b", "a", "a"]).close_to(0.75, rel=1e-6)


@check(points=3, title={"en": "The baseline", "az": "Baza proqnozu", "ru": "Базовый прогноз"})
def baseline():
    answer.call("baseline_mae", [10, 20, 30], [25, 15]).close_to(5.0, rel=1e-6)
    answer.call("baseline_mae", [1, 2, 3], [12, 12]).close_to(10.0, rel=1e-6)


@check(points=2, title={"en": "Lists of different length", "az": "Uzunluğu fərqli siyahılar", "ru": "Списки разной длины"})
def lengths():
    answer.call("mae", [1, 2, 3], [2]).raises("ValueError")
    answer.call("accuracy", ["a", "b"], ["a"]).raises("ValueError")


@check(
    points=2,
    hidden=True,
    title={"en": "Empty lists", "az": "Boş siyahılar", "ru": "Пустые списки"},
    hint={
        "en": "The mean of nothing does not exist: say so with `ValueError`.",
        "az": "Heç nənin orta qiyməti yoxdur: bunu `ValueError` ilə bildirin.",
        "ru": "Среднего от пустоты не бывает: сообщите об этом через `ValueError`.",
    },
)
def nothing():
    answer.call("mae", [], []).raises("ValueError")
    answer.call("accuracy", [], []).raises("ValueError")


@check(
    points=3,
    hidden=True,
    title={"en": "Prices drawn at random", "az": "Təsadüfi qiymətlər", "ru": "Случайные цены"},
    hint={
        "en": "Take the absolute value of every difference, not its square, and not of their sum.",
        "az": "Kvadratı yox, hər fərqin mütləq qiymətini götürün; cəmin mütləq qiymətini də yox.",
        "ru": "Берите модуль каждой разности — не квадрат и не модуль суммы.",
    },
)
def random_prices():
    actual = [rng.randint(60, 260) for _ in range(15)]
    predicted = [price + rng.randint(-40, 40) + 0.5 for price in actual]
    answer.call("mae", actual, predicted).close_to(solution.call("mae", actual, predicted), rel=1e-6)
    answer.call("baseline_mae", actual, predicted).close_to(solution.call("baseline_mae", actual, predicted), rel=1e-6)
