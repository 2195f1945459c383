from checks import answer, check, solution


@check(points=2, title={"en": "The average", "az": "Orta temperatur", "ru": "Среднее"})
def average():
    answer.value("average").close_to(11.3)


@check(points=2, title={"en": "Temperatures by city", "az": "Şəhərlər üzrə temperatur", "ru": "Температуры по городам"})
def by_city():
    answer.value("by_city").equals(
        {
            "Şəki": [6.5, 5.0, 7.0, 8.5],
            "Bakı": [12.5, 13.0, 15.5, 11.0],
            "Lənkəran": [13.0, 14.5, 14.0, 15.5],
        }
    )


@check(points=2, title={"en": "The warmest measurement", "az": "Ən isti ölçmə", "ru": "Самое тёплое измерение"})
def warmest():
    answer.value("warmest").equals(("Bakı", 3, 15.5))


@check(points=3, title={"en": "Days above a limit", "az": "Həddi keçən günlər", "ru": "Дни теплее порога"})
def days():
    answer.call("days_above", [("Quba", 1, 9.0), ("Quba", 2, 12.0), ("Quba", 3, 10.0)], 9.5).equals([2, 3])


@check(
    points=3,
    title={"en": "The ranking, with the log as it was", "az": "Sıralama; jurnal olduğu kimi qalıb", "ru": "Порядок городов; журнал не изменён"},
)
def ranking():
    answer.value("ranking").equals(["Lənkəran", "Bakı", "Şəki"])
    answer.value("log").equals(solution.value("log"))


@check(
    points=2,
    hidden=True,
    title={"en": "Every day once, in order", "az": "Hər gün bir dəfə, sıra ilə", "ru": "Каждый день один раз, по порядку"},
    hint={
        "en": "Two cities may be warm on the same day, the log need not be in order, and the limit itself is not above the limit.",
        "az": "Eyni gündə iki şəhər isti ola bilər, jurnal sıra ilə olmaya bilər, həddin özü isə həddən yüksək deyil.",
        "ru": "В один день может быть тепло в двух городах, журнал может идти не по порядку, а сам порог не теплее порога.",
    },
)
def days_once():
    log = [("Quba", 4, 11.0), ("Bakı", 4, 13.0), ("Quba", 2, 12.0), ("Bakı", 2, 10.0), ("Bakı", 3, 10.0)]
    answer.call("days_above", log, 10.0).equals([2, 4])


@check(
    points=4,
    hidden=True,
    data="other-week",
    title={"en": "Another week", "az": "Başqa həftə", "ru": "Другая неделя"},
    hint={
        "en": "Other cities and another season: calculate from the log, and think of temperatures below zero.",
        "az": "Başqa şəhərlər və başqa fəsil: jurnaldan hesablayın, sıfırdan aşağı temperaturu da düşünün.",
        "ru": "Другие города и другое время года: считайте по журналу и подумайте о температуре ниже нуля.",
    },
)
def other_week():
    answer.value("average").close_to(solution.value("average"))
    answer.value("by_city").equals(solution.value("by_city"))
    answer.value("warmest").equals(solution.value("warmest"))
    answer.value("ranking").equals(solution.value("ranking"))
    answer.value("log").equals(solution.value("log"))
