from checks import answer, check, rng, solution


@check(points=2, title={"en": "The clean table", "az": "Təmiz cədvəl", "ru": "Чистая таблица"})
def clean():
    answer.value("clean").equals(solution.value("clean"))


@check(points=1, title={"en": "Rows that went", "az": "Atılan sətirlər", "ru": "Убранные строки"})
def dropped():
    answer.value("dropped").equals(25)


@check(points=1, title={"en": "The typical size", "az": "Tipik həcm", "ru": "Типичный объём"})
def typical_size():
    answer.value("typical_size").close_to(7.0, rel=1e-6)


@check(points=2, title={"en": "Late requests by channel", "az": "Kanallar üzrə gecikmə", "ru": "Опоздания по каналам"})
def late_share():
    answer.value("late_share['office']").close_to(0.4429530, abs=1e-6)
    answer.value("late_share['online']").close_to(0.3628319, abs=1e-6)


@check(points=2, title={"en": "The chart", "az": "Diaqram", "ru": "Диаграмма"})
def chart():
    axes = answer.figure(1).axes[0]
    axes.bars.close_to({"office": 0.4429530, "online": 0.3628319}, abs=1e-6)
    axes.title.is_not("")
    axes.ylabel.is_not("")


@check(points=3, title={"en": "The prediction", "az": "Proqnoz", "ru": "Прогноз"})
def predict():
    answer.call("predict", 2.0, 10.0).equals(0)
    answer.call("predict", 20.0, 33.0).equals(1)
    answer.call("predict", 9.0, 24.0).equals(solution.call("predict", 9.0, 24.0))
    answer.call("predict", 5.5, 27.5).equals(solution.call("predict", 5.5, 27.5))


@check(points=2, title={"en": "Accuracy and baseline", "az": "Model və baza", "ru": "Модель и база"})
def accuracy():
    answer.value("accuracy").close_to(88 / 113, rel=1e-6)
    answer.value("base").close_to(68 / 113, rel=1e-6)


@check(points=2, title={"en": "The four counts", "az": "Dörd say", "ru": "Четыре количества"})
def counts():
    answer.value("counts").equals({"tp": 33, "fp": 13, "fn": 12, "tn": 55})


@check(points=2, title={"en": "Precision and recall", "az": "Precision və recall", "ru": "Precision и recall"})
def precision_and_recall():
    answer.value("precision").close_to(33 / 46, rel=1e-6)
    answer.value("recall").close_to(33 / 45, rel=1e-6)


@check(points=3, title={"en": "Recall by region", "az": "Regionlar üzrə recall", "ru": "Recall по регионам"})
def regions():
    answer.value("recall_by_region['centre']").close_to(22 / 26, rel=1e-6)
    answer.value("recall_by_region['district']").close_to(11 / 19, rel=1e-6)


@check(points=1, title={"en": "The decision", "az": "Qərar", "ru": "Решение"})
def ready():
    answer.value("ready").equals(False)


@check(
    points=2,
    hidden=True,
    data="next-year",
    title={"en": "Another year: the table", "az": "Başqa il: cədvəl", "ru": "Другой год: таблица"},
    hint={
        "en": "The median and the shares belong to the clean table, and the number of dropped rows is computed.",
        "az": "Median və paylar təmiz cədvəldən götürülür, atılan sətirlərin sayı isə hesablanır.",
        "ru": "Медиана и доли берутся из чистой таблицы, а число убранных строк вычисляется.",
    },
)
def next_year_table():
    answer.value("dropped").equals(solution.value("dropped"))
    answer.value("typical_size").close_to(solution.value("typical_size"), rel=1e-6)
    answer.value("late_share['office']").close_to(solution.value("late_share['office']"), abs=1e-6)


@check(
    points=3,
    hidden=True,
    data="next-year",
    title={"en": "Another year: the model", "az": "Başqa il: model", "ru": "Другой год: модель"},
    hint={
        "en": "Scale with the training part of that year, take 7 neighbours and return a whole number.",
        "az": "Həmin ilin öyrətmə hissəsi ilə miqyaslayın, 7 qonşu götürün və tam ədəd qaytarın.",
        "ru": "Масштабируйте обучающей частью того года, берите 7 соседей и возвращайте целое число.",
    },
)
def next_year_model():
    for size, load in [(7.0, 23.5), (12.0, 19.0), (4.5, 26.5)]:  # near the border of the two answers
        answer.call("predict", size, load).equals(solution.call("predict", size, load))
    for _ in range(12):
        size, load = round(rng.uniform(2, 14), 2), round(rng.uniform(15, 32), 2)
        answer.call("predict", size, load).equals(solution.call("predict", size, load))


@check(
    points=3,
    hidden=True,
    data="next-year",
    title={"en": "Another year: the mistakes", "az": "Başqa il: səhvlər", "ru": "Другой год: ошибки"},
    hint={
        "en": "Only the test part is counted; in `fn` the truth is 1 and the model said 0.",
        "az": "Yalnız yoxlama hissəsi sayılır; `fn` o haldır ki, həqiqət 1-dir, model isə 0 deyib.",
        "ru": "Считается только проверочная часть; `fn` — это когда на деле 1, а модель сказала 0.",
    },
)
def next_year_mistakes():
    answer.value("counts").equals(solution.value("counts"))
    answer.value("recall").close_to(solution.value("recall"), rel=1e-6)
    answer.value("base").close_to(solution.value("base"), rel=1e-6)


@check(
    points=3,
    hidden=True,
    data="next-year",
    title={"en": "Another year: the regions and the decision", "az": "Başqa il: regionlar və qərar", "ru": "Другой год: регионы и решение"},
    hint={
        "en": "Recall looks at the late requests of one region only; the decision needs both conditions, and both are computed.",
        "az": "Recall yalnız bir regionun gecikən müraciətlərinə baxır; qərar üçün iki şərt lazımdır və hər ikisi hesablanır.",
        "ru": "Recall смотрит только на опоздания одного региона; для решения нужны оба условия, и оба вычисляются.",
    },
)
def next_year_regions():
    answer.value("recall_by_region['district']").close_to(solution.value("recall_by_region['district']"), rel=1e-6)
    answer.value("ready").equals(solution.value("ready"))
