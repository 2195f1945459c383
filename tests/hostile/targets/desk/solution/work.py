import itertools

import pandas as pd


def mean(numbers):
    return sum(numbers) / len(numbers)


def first(things):
    return things[0]


class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()

    def __len__(self):
        return len(self.items)


def naturals():
    return itertools.count(1)


def table():
    return pd.DataFrame({"product": ["tea", "bread"], "price": [5, 1]})
