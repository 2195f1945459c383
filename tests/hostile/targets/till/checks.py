from checks import answer, check

# source-QZ7K


@check(points=2, title={"en": "The sum", "az": "Cəm", "ru": "Сумма"})
def total():
    answer.value("total").equals(6)


@check(points=2, title={"en": "Change", "az": "Qalıq", "ru": "Сдача"})
def change():
    answer.call("change", 10, 6).equals(4)


# The same kernel answers these after all that may be shown of it is stored.
@check(points=2, hidden=True, title={"en": "More change", "az": "Daha çox qalıq", "ru": "Ещё сдача"})
def more_change():
    answer.call("change", 7310916, 1).equals(7310915)


@check(points=2, hidden=True, title={"en": "A name", "az": "Ad", "ru": "Имя"})
def named():
    answer.call("label", "input-QZ7K").equals("INPUT-QZ7K")


@check(points=2, hidden=True, title={"en": "Last", "az": "Sonuncu", "ru": "Последнее"})
def last():
    answer.cell("total").output.satisfies(lambda text: "QZ7K" not in text)
    answer.call("label", "tea").equals("TEA")
