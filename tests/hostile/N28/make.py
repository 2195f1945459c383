import json


def told(**more):
    return json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more).encode()


FILES = {
    "two.ipynb": told(nbformat=2),
    "three.ipynb": told(nbformat=3, worksheets=[{"cells": []}]),
    "five.ipynb": told(nbformat=5),
    "word.ipynb": told(nbformat="4; drop table"),
    "list.ipynb": told(nbformat=[4]),
    "none.ipynb": b'{"metadata": {}}',
}
