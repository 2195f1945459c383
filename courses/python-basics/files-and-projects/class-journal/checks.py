from checks import answer, check, solution


@check(points=3, title={"en": "The marks that were read", "az": "Oxunmuş qiymətlər", "ru": "Прочитанные оценки"})
def marks():
    answer.value("marks").equals(
        [
            ("Leyla", "Riyaziyyat", 9),
            ("Murad", "Riyaziyyat", 7),
            ("Leyla", "Tarix", 8),
            ("Aysel", "Tarix", 10),
            ("Leyla", "Fizika", 9),
            ("Murad", "Fizika", 8),
            ("Aysel", "Fizika", 9),
        ]
    )


@check(points=3, title={"en": "Averages of the pupils", "az": "Şagirdlərin ortaları", "ru": "Средние учеников"})
def averages():
    answer.value("averages").equals({"Aysel": 9.5, "Leyla": 8.67, "Murad": 7.5})


@check(points=2, title={"en": "The best pupil", "az": "Ən yaxşı şagird", "ru": "Лучший ученик"})
def best():
    answer.value("best").equals("Aysel")


@check(points=2, title={"en": "A second journal", "az": "İkinci jurnal", "ru": "Второй журнал"})
def second_journal():
    answer.value("best_guest").equals("Samir")


@check(points=2, title={"en": "An unknown pupil", "az": "Naməlum şagird", "ru": "Неизвестный ученик"})
def nobody():
    answer.call("average_of", "Orxan").raises("ValueError")


@check(points=3, title={"en": "The report file", "az": "Hesabat faylı", "ru": "Файл отчёта"})
def report():
    answer.value("report").equals(["Fizika: 8.7", "Riyaziyyat: 8.0", "Tarix: 9.0"])


@check(
    points=2,
    hidden=True,
    title={"en": "Another file", "az": "Başqa fayl", "ru": "Другой файл"},
    hint={
        "en": "Is the file opened that was named in the call, and are columns asked for by name?",
        "az": "Çağırışda adı verilən fayl açılırmı, sütunlar adı ilə götürülürmü?",
        "ru": "Открывается ли файл, названный в вызове, и берутся ли столбцы по именам?",
    },
)
def other_file():
    answer.call("read_marks", "transfer.csv").equals([("Kamran", "Tarix", 7), ("Kamran", "Dil, ədəbiyyat", 10)])


@check(
    points=5,
    hidden=True,
    data="other-class",
    title={"en": "Another class", "az": "Başqa sinif", "ru": "Другой класс"},
    hint={
        "en": "Anything but a whole number may stand in place of a mark, and two pupils may have equal averages.",
        "az": "Qiymət yerində tam ədəddən başqa hər şey ola bilər, iki şagirdin ortası da bərabər ola bilər.",
        "ru": "Вместо оценки может стоять что угодно, кроме целого числа, а у двух учеников средние могут совпасть.",
    },
)
def other_class():
    answer.value("marks").equals(solution.value("marks"))
    answer.value("averages").equals(solution.value("averages"))
    answer.value("best").equals("Farid")
    answer.value("report").equals(solution.value("report"))
