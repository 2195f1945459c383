from checks import answer, check, solution


@check(points=1, title={"en": "Rows of the table", "az": "Cədvəlin sətirləri", "ru": "Строки таблицы"})
def visits():
    answer.value("visits").equals(240)


@check(points=1, title={"en": "Empty cells", "az": "Boş xanalar", "ru": "Пустые ячейки"})
def missing():
    answer.value("missing").equals(18)


@check(points=2, title={"en": "The mean wait", "az": "Orta gözləmə", "ru": "Среднее ожидание"})
def mean_wait():
    answer.value("mean_wait").close_to(18.0878378, rel=1e-6)


@check(points=2, title={"en": "The mean of every service", "az": "Hər xidmətin orta qiyməti", "ru": "Среднее по каждой услуге"})
def by_service():
    answer.value("by_service['address']").close_to(16.3811966, rel=1e-6)
    answer.value("by_service['id-card']").close_to(13.3761905, rel=1e-6)
    answer.value("by_service['passport']").close_to(28.3161290, rel=1e-6)
    answer.value("by_service['pension']").close_to(20.6031250, rel=1e-6)


@check(points=1, title={"en": "The slowest service", "az": "Ən ləng xidmət", "ru": "Самая медленная услуга"})
def slowest():
    answer.value("slowest").equals("passport")


@check(points=2, title={"en": "The share of long waits", "az": "Uzun gözləmələrin payı", "ru": "Доля долгих ожиданий"})
def long_share():
    answer.value("long_share").close_to(0.1306306, abs=1e-6)


@check(points=2, title={"en": "The heights of the bars", "az": "Sütunların hündürlüyü", "ru": "Высота столбцов"})
def bars():
    answer.figure(1).axes[0].bars.close_to(
        {"address": 16.3811966, "id-card": 13.3761905, "passport": 28.3161290, "pension": 20.6031250}, rel=1e-6
    )


@check(points=1, title={"en": "Title and unit", "az": "Başlıq və vahid", "ru": "Заголовок и единица"})
def labels():
    axes = answer.figure(1).axes[0]
    axes.title.is_not("")
    axes.ylabel.is_not("")


@check(
    points=2,
    hidden=True,
    data="other-month",
    title={"en": "Another month: counts and mean", "az": "Başqa ay: say və orta qiymət", "ru": "Другой месяц: количество и среднее"},
    hint={
        "en": "Every number must come out of the table; another month has another number of rows and of empty cells.",
        "az": "Bütün ədədlər cədvəldən alınmalıdır; başqa ayda sətirlərin və boş xanaların sayı başqadır.",
        "ru": "Все числа должны получаться из таблицы: в другом месяце иное число строк и пустых ячеек.",
    },
)
def other_month_counts():
    answer.value("visits").equals(solution.value("visits"))
    answer.value("missing").equals(solution.value("missing"))
    answer.value("mean_wait").close_to(solution.value("mean_wait"), rel=1e-6)


@check(
    points=2,
    hidden=True,
    data="other-month",
    title={"en": "Another month: the services", "az": "Başqa ay: xidmətlər", "ru": "Другой месяц: услуги"},
    hint={
        "en": "A new kind of service may appear, and another one may be the slowest. Compare means, not sums.",
        "az": "Yeni xidmət növü yarana bilər, ən ləng xidmət də başqası ola bilər. Cəmləri yox, orta qiymətləri müqayisə edin.",
        "ru": "Может появиться новая услуга, и самой медленной может оказаться другая. Сравнивайте средние, а не суммы.",
    },
)
def other_month_services():
    answer.value("by_service['birth']").close_to(solution.value("by_service['birth']"), rel=1e-6)
    answer.value("slowest").equals(solution.value("slowest"))


@check(
    points=2,
    hidden=True,
    data="other-month",
    title={"en": "Another month: long waits", "az": "Başqa ay: uzun gözləmələr", "ru": "Другой месяц: долгие ожидания"},
    hint={
        "en": "By how many citizens do you divide: by all of them, or by those whose time is known?",
        "az": "Neçə vətəndaşa bölürsünüz: hamısına, yoxsa müddəti məlum olanlara?",
        "ru": "На сколько человек вы делите: на всех или на тех, чьё время известно?",
    },
)
def other_month_long():
    answer.value("long_share").close_to(solution.value("long_share"), abs=1e-6)
