from checks import answer, check, solution


@check(points=1, title={"en": "The two parts", "az": "İki hissə", "ru": "Две части"})
def split():
    answer.value("x_train").close_to(solution.value("x_train"), abs=1e-9)
    answer.value("y_train").close_to(solution.value("y_train"), abs=1e-9)
    answer.value("x_test").close_to(solution.value("x_test"), abs=1e-9)
    answer.value("y_test").close_to(solution.value("y_test"), abs=1e-9)


@check(points=3, title={"en": "The errors of one degree", "az": "Bir dərəcənin xətaları", "ru": "Ошибки одной степени"})
def one_degree():
    answer.call("errors", 1).close_to(solution.call("errors", 1), rel=1e-6)
    answer.call("errors", 4).close_to(solution.call("errors", 4), rel=1e-6)


@check(points=2, title={"en": "The errors of all degrees", "az": "Bütün dərəcələrin xətaları", "ru": "Ошибки всех степеней"})
def all_degrees():
    answer.value("train_errors").close_to(solution.value("train_errors"), rel=1e-6)
    answer.value("test_errors").close_to(solution.value("test_errors"), rel=1e-6)


@check(points=2, title={"en": "The best degree", "az": "Ən yaxşı dərəcə", "ru": "Лучшая степень"})
def best():
    answer.value("best").equals(2)


@check(points=2, title={"en": "The degree that learns by heart", "az": "Əzbərçi dərəcə", "ru": "Степень-зубрила"})
def memoriser():
    answer.value("memoriser").equals(10)
    answer.value("gap").close_to(5.7638, abs=0.001)


@check(points=2, title={"en": "The two lines", "az": "İki xətt", "ru": "Две линии"})
def lines():
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
    data="other-station",
    title={"en": "Another station: the errors", "az": "Başqa stansiya: xətalar", "ru": "Другая станция: ошибки"},
    hint={
        "en": "The curve is fitted to the training part only; both errors are means of absolute differences.",
        "az": "Əyri yalnız öyrətmə hissəsində qurulur; hər iki xəta mütləq fərqlərin orta qiymətidir.",
        "ru": "Кривая строится только по обучающей части; обе ошибки — средние модулей разностей.",
    },
)
def other_errors():
    answer.value("test_errors").close_to(solution.value("test_errors"), rel=1e-5)
    answer.call("errors", 6).close_to(solution.call("errors", 6), rel=1e-6)


@check(
    points=2,
    hidden=True,
    data="other-station",
    title={"en": "Another station: the degrees", "az": "Başqa stansiya: dərəcələr", "ru": "Другая станция: степени"},
    hint={
        "en": "Neither degree is fixed: look each of them up in its list of errors, and mind that degrees begin at 1.",
        "az": "Dərəcələr sabit deyil: hərəsini öz xəta siyahısından tapın və unutmayın ki, dərəcələr 1-dən başlayır.",
        "ru": "Степени не заданы заранее: каждую ищите по её списку ошибок и помните, что степени начинаются с 1.",
    },
)
def other_degrees():
    answer.value("best").equals(solution.value("best"))
    answer.value("memoriser").equals(solution.value("memoriser"))
    answer.value("gap").close_to(solution.value("gap"), abs=0.001)
