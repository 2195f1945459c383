import pandas
from checks import answer, check

# source-QZ7K


@check(points=2, title={"en": "Numbers", "az": "Ədədlər", "ru": "Числа"})
def numbers():
    answer.call("naturals").items.satisfies(lambda found: found[:5] == [1, 2, 3, 4, 5])


@check(points=2, title={"en": "A table", "az": "Cədvəl", "ru": "Таблица"})
def table():
    answer.call("table").equals(pandas.DataFrame({"product": ["tea", "bread"], "price": [5, 1]}))
