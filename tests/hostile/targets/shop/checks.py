from checks import answer, check, solution

# source-QZ7K


@check(points=2, title={"en": "The total", "az": "Cəm", "ru": "Сумма"})
def total():
    answer.value("total").equals(61)


@check(points=2, title={"en": "The dearest", "az": "Ən baha", "ru": "Самое дорогое"})
def dearest():
    answer.value("dearest").equals("saffron")


@check(points=2, title={"en": "With tax", "az": "Vergi ilə", "ru": "С налогом"})
def taxed():
    answer.call("taxed", 100).equals(118)


@check(points=4, hidden=True, data="other-year", title={"en": "Another year", "az": "Başqa il", "ru": "Другой год"})
def another_year():
    answer.value("total").equals(solution.value("total"))
    answer.value("dearest").equals(solution.value("dearest"))
