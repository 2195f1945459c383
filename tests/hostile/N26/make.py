import json

CELL = {"cell_type": "code", "id": "x", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}


def told(cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


FILES = {
    "many.ipynb": told([CELL] * 10_000),
    "long.ipynb": told([CELL | {"source": "x" * 300_000}]),
    "large.ipynb": told([CELL | {"source": "x" * (6 << 20)}]),
    "listed.ipynb": told([CELL | {"source": ["x" * 1000] * 300}]),
    "none.ipynb": told(None),
    "table.ipynb": told({"0": CELL}),
    "deep.ipynb": told([CELL]).replace(b'"source": "1"', b'"source": ' + b"[" * 5000 + b"]" * 5000),
    "nan.ipynb": b'{"cells": [NaN' + b"," * 10,
}
