from checks import answer, check, rng, solution


@check(points=2, title={"en": "The spread of four bills", "az": "Dörd hesabın yayılması", "ru": "Разброс четырёх счетов"})
def spread():
    answer.call("spread", [2.0, 4.0, 4.0, 6.0]).close_to(1.4142135624, rel=1e-6)


@check(points=2, title={"en": "The bakery is an outlier", "az": "Çörək sexi kənar qiymətdir", "ru": "Пекарня — выброс"})
def one_outlier():
    answer.call("outliers", [31.0, 28.0, 35.0, 30.0, 33.0, 180.0]).equals([180.0])


@check(points=2, title={"en": "Typical with an outlier", "az": "Kənar qiymətlə tipik qiymət", "ru": "Типичное при выбросе"})
def typical_with_outlier():
    answer.call("typical", [31.0, 28.0, 35.0, 30.0, 33.0, 180.0]).close_to(32.0, rel=1e-6)


@check(points=2, title={"en": "Typical without outliers", "az": "Kənar qiymətsiz tipik qiymət", "ru": "Типичное без выбросов"})
def typical_without():
    answer.call("typical", [10.0, 20.0, 20.0, 40.0, 45.0]).close_to(27.0, rel=1e-6)


@check(points=2, title={"en": "An empty list", "az": "Boş siyahı", "ru": "Пустой список"})
def empty():
    answer.call("spread", []).raises("ValueError")
    answer.call("outliers", []).raises("ValueError")
    answer.call("typical", []).raises("ValueError")


@check(
    points=2,
    hidden=True,
    title={"en": "Outliers on both sides", "az": "Hər iki tərəfdə kənar qiymətlər", "ru": "Выбросы с обеих сторон"},
    hint={
        "en": "A value can be too small as well as too great; keep the order of the list.",
        "az": "Qiymət həddən artıq böyük də ola bilər, həddən artıq kiçik də; siyahının sırasını saxlayın.",
        "ru": "Значение бывает и слишком большим, и слишком маленьким; сохраняйте порядок списка.",
    },
)
def both_sides():
    answer.call("outliers", [95.0, 20.0, 22.0, 21.0, -40.0, 19.0, 23.0, 20.0]).equals([95.0, -40.0])


@check(
    points=3,
    hidden=True,
    title={"en": "Bills drawn at random", "az": "Təsadüfi hesablar", "ru": "Случайные счета"},
    hint={
        "en": "The spread divides by $n$, not by $n-1$, and the numbers are not always whole.",
        "az": "Yayılma $n-1$-ə yox, $n$-ə bölünür; ədədlər də həmişə tam olmur.",
        "ru": "Разброс делится на $n$, а не на $n-1$, и числа не всегда целые.",
    },
)
def random_bills():
    bills = [round(rng.uniform(20, 60), 1) for _ in range(12)]
    answer.call("spread", bills).close_to(solution.call("spread", bills), rel=1e-6)
    bills.append(400.5)
    answer.call("typical", bills).close_to(solution.call("typical", bills), rel=1e-6)
