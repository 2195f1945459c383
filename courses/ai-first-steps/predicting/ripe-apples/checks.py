from checks import answer, check, rng, solution


@check(points=1, title={"en": "The baseline", "az": "Baza proqnozu", "ru": "Базовый прогноз"})
def baseline():
    answer.value("base").close_to(0.625, rel=1e-6)


@check(points=3, title={"en": "The scaled features", "az": "Miqyaslanmış əlamətlər", "ru": "Масштабированные признаки"})
def scaled():
    answer.value("train_scaled").close_to(solution.value("train_scaled"), abs=1e-9)
    answer.value("test_scaled").close_to(solution.value("test_scaled"), abs=1e-9)


@check(points=3, title={"en": "The vote of the neighbours", "az": "Qonşuların səsi", "ru": "Голосование соседей"})
def vote():
    answer.call("vote", [0.1, 1.2, -1.0], 1).equals(0)
    answer.call("vote", [0.2, -1.1, 0.9], 5).equals(1)
    answer.call("vote", [0.0, 0.45, 0.1], 1).equals(solution.call("vote", [0.0, 0.45, 0.1], 1))
    answer.call("vote", [0.0, 0.45, 0.1], 9).equals(solution.call("vote", [0.0, 0.45, 0.1], 9))


@check(points=2, title={"en": "Accuracy on the test part", "az": "Yoxlama hissəsində nəticə", "ru": "Результат на проверочной части"})
def accuracy():
    answer.value("acc_1").close_to(43 / 48, rel=1e-6)
    answer.value("acc_5").close_to(45 / 48, rel=1e-6)


@check(points=2, title={"en": "The three bars", "az": "Üç sütun", "ru": "Три столбца"})
def bars():
    answer.figure(1).axes[0].bars.close_to({"baseline": 0.625, "k=1": 43 / 48, "k=5": 45 / 48}, rel=1e-6)


@check(points=1, title={"en": "Title and axis", "az": "Başlıq və ox", "ru": "Заголовок и ось"})
def labels():
    axes = answer.figure(1).axes[0]
    axes.title.is_not("")
    axes.ylabel.is_not("")


@check(
    points=3,
    hidden=True,
    title={"en": "Apples drawn at random", "az": "Təsadüfi almalar", "ru": "Случайные яблоки"},
    hint={
        "en": "Is every neighbour counted once, for any odd `k`, and is the answer a whole number?",
        "az": "İstənilən tək `k` üçün hər qonşu bir dəfə sayılırmı və cavab tam ədəddirmi?",
        "ru": "Каждый ли сосед учтён один раз при любом нечётном `k` и целое ли число в ответе?",
    },
)
def random_apples():
    for k in (1, 3, 5, 7, 9, 11, 1, 3, 5, 7, 9, 15):
        point = [rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)]
        answer.call("vote", point, k).equals(solution.call("vote", point, k))


@check(
    points=2,
    hidden=True,
    data="other-orchard",
    title={"en": "Another orchard: baseline and scale", "az": "Başqa bağ: baza və miqyas", "ru": "Другой сад: база и масштаб"},
    hint={
        "en": "Which answer is more frequent there, and what are the mean and spread of its training part?",
        "az": "Orada hansı cavab daha çoxdur, öyrətmə hissəsinin orta qiyməti və yayılması neçədir?",
        "ru": "Какой ответ там встречается чаще и каковы среднее и разброс его обучающей части?",
    },
)
def other_scale():
    answer.value("base").close_to(solution.value("base"), rel=1e-6)
    answer.value("test_scaled").close_to(solution.value("test_scaled"), abs=1e-9)


@check(
    points=3,
    hidden=True,
    data="other-orchard",
    title={"en": "Another orchard: the accuracy", "az": "Başqa bağ: nəticə", "ru": "Другой сад: результат"},
    hint={
        "en": "Compute both numbers from the test part of the file that is there.",
        "az": "Hər iki ədədi mövcud faylın yoxlama hissəsindən hesablayın.",
        "ru": "Вычисляйте оба числа по проверочной части того файла, который лежит рядом.",
    },
)
def other_accuracy():
    answer.value("acc_1").close_to(solution.value("acc_1"), rel=1e-6)
    answer.value("acc_5").close_to(solution.value("acc_5"), rel=1e-6)
