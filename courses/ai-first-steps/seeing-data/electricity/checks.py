from checks import answer, check, solution


@check(points=2, title={"en": "The mean of every month", "az": "Hər ayın orta qiyməti", "ru": "Среднее за каждый месяц"})
def monthly():
    answer.value("monthly").close_to(solution.value("monthly"), rel=1e-6)


@check(points=2, title={"en": "The total of every household", "az": "Hər mənzilin illik cəmi", "ru": "Сумма за год по каждой квартире"})
def yearly():
    answer.value("yearly").close_to(solution.value("yearly"), rel=1e-6)


@check(points=1, title={"en": "A typical household", "az": "Tipik mənzil", "ru": "Типичная квартира"})
def typical():
    answer.value("typical").close_to(2410.0, rel=1e-6)


@check(points=2, title={"en": "Unusual households", "az": "Qeyri-adi mənzillər", "ru": "Необычные квартиры"})
def unusual():
    answer.value("unusual").equals(["h12", "h33"])


@check(points=2, title={"en": "The share of winter", "az": "Qışın payı", "ru": "Доля зимы"})
def winter():
    answer.value("winter_share").close_to(0.31563858, abs=1e-6)


@check(points=2, title={"en": "The line of the chart", "az": "Qrafikin xətti", "ru": "Линия графика"})
def line():
    answer.figure(1).axes[0].lines.close_to(solution.figure(1).axes[0].lines, rel=1e-6)


@check(points=1, title={"en": "Title and axes", "az": "Başlıq və oxlar", "ru": "Заголовок и оси"})
def labels():
    axes = answer.figure(1).axes[0]
    axes.title.is_not("")
    axes.xlabel.is_not("")
    axes.ylabel.is_not("")


@check(
    points=2,
    hidden=True,
    data="other-year",
    title={"en": "Another house: months and households", "az": "Başqa bina: aylar və mənzillər", "ru": "Другой дом: месяцы и квартиры"},
    hint={
        "en": "Another house has another number of households; do not type in sizes or values.",
        "az": "Başqa binada mənzillərin sayı başqadır; ölçüləri və qiymətləri əllə yazmayın.",
        "ru": "В другом доме другое число квартир; не вписывайте размеры и значения руками.",
    },
)
def other_months():
    answer.value("monthly").close_to(solution.value("monthly"), rel=1e-6)
    answer.value("yearly").close_to(solution.value("yearly"), rel=1e-6)


@check(
    points=2,
    hidden=True,
    data="other-year",
    title={"en": "Another house: who is unusual", "az": "Başqa bina: kim qeyri-adidir", "ru": "Другой дом: кто необычен"},
    hint={
        "en": "Compute the fence from the quartiles of these very households, and the typical use as their median.",
        "az": "Həddi məhz bu mənzillərin kvartillərindən, tipik sərfiyyatı isə onların medianından tapın.",
        "ru": "Границу считайте по квартилям именно этих квартир, а типичный расход — как их медиану.",
    },
)
def other_unusual():
    answer.value("unusual").equals(solution.value("unusual"))
    answer.value("typical").close_to(solution.value("typical"), rel=1e-6)


@check(
    points=2,
    hidden=True,
    data="other-year",
    title={"en": "Another house: the winter", "az": "Başqa bina: qış", "ru": "Другой дом: зима"},
    hint={
        "en": "Which columns are December, January and February, if the first column has the number 0?",
        "az": "Birinci sütunun nömrəsi 0-dırsa, dekabr, yanvar və fevral hansı sütunlardır?",
        "ru": "Какие столбцы — декабрь, январь и февраль, если номер первого столбца 0?",
    },
)
def other_winter():
    answer.value("winter_share").close_to(solution.value("winter_share"), abs=1e-6)
