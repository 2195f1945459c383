from checks import answer, check, solution


@check(points=2, title={"en": "The two parts", "az": "İki hissə", "ru": "Две части"})
def split():
    answer.value("x_train").close_to(solution.value("x_train"), rel=1e-6)
    answer.value("y_train").close_to(solution.value("y_train"), rel=1e-6)
    answer.value("x_test").close_to(solution.value("x_test"), rel=1e-6)
    answer.value("y_test").close_to(solution.value("y_test"), rel=1e-6)


@check(points=3, title={"en": "Slope and intercept", "az": "Meyil əmsalı və sərbəst hədd", "ru": "Наклон и свободный член"})
def fit():
    answer.value("slope").close_to(1.86142356, rel=1e-6)
    answer.value("intercept").close_to(14.06055284, rel=1e-6)


@check(points=2, title={"en": "A flat of 70 m²", "az": "70 m²-lik mənzil", "ru": "Квартира в 70 м²"})
def seventy():
    answer.call("predict", 70.0).close_to(144.3602019, rel=1e-6)
    answer.call("predict", 0.0).close_to(14.06055284, rel=1e-6)


@check(points=2, title={"en": "The error of the line", "az": "Xəttin xətası", "ru": "Ошибка прямой"})
def line_error():
    answer.value("mae_line").close_to(9.17945784, rel=1e-6)


@check(points=2, title={"en": "The error of the baseline", "az": "Baza proqnozunun xətası", "ru": "Ошибка базового прогноза"})
def base_error():
    answer.value("mae_base").close_to(42.24633333, rel=1e-6)


@check(points=1, title={"en": "The points of the chart", "az": "Qrafikin nöqtələri", "ru": "Точки графика"})
def scatter():
    answer.figure(1).axes[0].points.close_to(solution.figure(1).axes[0].points, rel=1e-6)


@check(points=2, title={"en": "The line of the chart", "az": "Qrafikin xətti", "ru": "Прямая на графике"})
def line():
    answer.figure(1).axes[0].lines.satisfies(
        lambda lines: len(lines) == 1
        and min(lines[0][0]) <= 40
        and max(lines[0][0]) >= 110
        and all(abs(1.86142356 * x + 14.06055284 - y) < 0.01 for x, y in zip(*lines[0])),
        "ŷ = slope · x + intercept, x = 40 … 110",
    )


@check(points=1, title={"en": "Title and units", "az": "Başlıq və vahidlər", "ru": "Заголовок и единицы"})
def labels():
    axes = answer.figure(1).axes[0]
    axes.title.is_not("")
    axes.xlabel.is_not("")
    axes.ylabel.is_not("")


@check(
    points=3,
    hidden=True,
    data="other-city",
    title={"en": "Another city: the line", "az": "Başqa şəhər: xətt", "ru": "Другой город: прямая"},
    hint={
        "en": "Slope and intercept must come from the training part of the file that is there.",
        "az": "Meyil əmsalı və sərbəst hədd mövcud faylın öyrətmə hissəsindən alınmalıdır.",
        "ru": "Наклон и свободный член должны получаться из обучающей части того файла, который лежит рядом.",
    },
)
def other_line():
    answer.value("slope").close_to(solution.value("slope"), rel=1e-6)
    answer.call("predict", 55.5).close_to(solution.call("predict", 55.5), rel=1e-6)


@check(
    points=2,
    hidden=True,
    data="other-city",
    title={"en": "Another city: the errors", "az": "Başqa şəhər: xətalar", "ru": "Другой город: ошибки"},
    hint={
        "en": "Both errors are measured on the test part, and both predictions know only the training part.",
        "az": "Hər iki xəta yoxlama hissəsində ölçülür, hər iki proqnoz isə yalnız öyrətmə hissəsini tanıyır.",
        "ru": "Обе ошибки измеряют на проверочной части, а оба прогноза знают только обучающую.",
    },
)
def other_errors():
    answer.value("mae_line").close_to(solution.value("mae_line"), rel=1e-6)
    answer.value("mae_base").close_to(solution.value("mae_base"), rel=1e-6)
