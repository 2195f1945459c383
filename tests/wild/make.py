"""Writes the notebooks of this folder: answers to the sample exercise `tables/sales`, as editors and people leave them.

python tests/wild/make.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MASTER = HERE.parent / "graders" / "sample_course" / "tables" / "sales" / "task.ipynb"
TOTAL = "total = sales['price'].sum()"
BEST = "best = sales.groupby('product')['price'].sum().idxmax()"
CHART = "sales.groupby('product')['price'].sum().plot.bar(title='Gəlir')\nplt.show()"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
Notebook = dict[str, Any]


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def solved() -> Notebook:
    """The author's notebook with right answers typed into it."""
    notebook: Notebook = json.loads(MASTER.read_text())
    for cell in notebook["cells"]:
        answer = {"total": TOTAL, "best": BEST, "chart": CHART}.get(cell["id"])
        if answer:
            cell["source"] = lines(answer)
    return notebook


def code(source: str, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines(source)}
    return cell | more


def run(notebook: Notebook) -> Notebook:
    """With what Jupyter leaves in a notebook that was run."""
    count = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
            cell["metadata"] = {**cell["metadata"], "execution": {"iopub.status.busy": "2026-11-20T09:12:01.1Z"}}
            cell["outputs"] = [
                {"name": "stdout", "output_type": "stream", "text": ["salam\n"]},
                {
                    "data": {
                        "image/png": DOT,
                        "text/html": ["<script>alert(1)</script>"],
                        "text/plain": ["<Figure size 640x480 with 1 Axes>"],
                    },
                    "metadata": {},
                    "output_type": "display_data",
                },
            ]
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.13.1"}
    return notebook


def without_ids(notebook: Notebook, minor: int = 4) -> Notebook:
    for cell in notebook["cells"]:
        del cell["id"]
    notebook["nbformat_minor"] = minor
    return notebook


def vscode() -> Notebook:
    notebook = run(solved())
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"{number:08x}"
        if cell["cell_type"] == "code":
            cell["metadata"] = {"vscode": {"languageId": "python"}, "tags": cell["metadata"].get("tags", [])}
    notebook["metadata"] = {
        "kernelspec": {"display_name": ".venv", "language": "python", "name": "python3"},
        "language_info": {"codemirror_mode": {"name": "ipython", "version": 3}, "name": "python", "version": "3.12.4"},
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b9275f58929596ceb00d14d90e3e16cd6"}},
    }
    return notebook


def colab() -> Notebook:
    notebook = without_ids(run(solved()), minor=0)
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"aB{number}xYz_9kLm"}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {
                "colab": {"base_uri": "https://localhost:8080/", "height": 34},
                "executionInfo": {"elapsed": 4, "status": "ok", "user": {"displayName": "Leyla", "userId": "0"}},
                "outputId": "0f0e",
            }
    notebook["metadata"] = {
        "accelerator": "GPU",
        "colab": {"provenance": [], "gpuType": "T4", "toc_visible": True},
        "kernelspec": {"display_name": "Python 3", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def colab_with_helpers() -> Notebook:
    notebook = colab()
    notebook["cells"].insert(0, code("from math import isclose\nimport numpy as np", metadata={"id": "zz"}))
    notebook["cells"].insert(5, code("print(total)", metadata={"id": "yy"}))
    return notebook


def with_errors() -> Notebook:
    notebook = run(solved())
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "best")
    cell["source"] = lines("best = sales['product'].idxmax(")
    cell["outputs"] = [
        {
            "ename": "SyntaxError",
            "evalue": "'(' was never closed",
            "output_type": "error",
            "traceback": ["\u001b[0;36m  Cell \u001b[0;32mIn[3], line 1\u001b[0m"],
        }
    ]
    return notebook


def copied() -> Notebook:
    """The answer was copied below itself, id and all, and the copy was worked on."""
    notebook = solved()
    place = next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == "best")
    first = notebook["cells"][place]
    notebook["cells"].insert(place + 1, json.loads(json.dumps(first)))
    first["source"] = lines("best = ...")
    return notebook


def copied_by_jupyter() -> Notebook:
    notebook = copied()
    place = next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == "best")
    notebook["cells"][place + 1]["id"] = "9f7c1a2b"
    return notebook


def with_helpers() -> Notebook:
    notebook = solved()
    for number, cell in enumerate(notebook["cells"]):
        if cell["id"] == "t2":
            notebook["cells"][number] = {**cell, "source": ["edited\n"]}
        if cell["id"] == "best":
            cell["source"] = lines("best = strongest(sales)")
    place = next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == "load") + 1
    helper = "def strongest(table):\n    return table.groupby('product')['price'].sum().idxmax()"
    notebook["cells"].insert(place, code(helper, id="my-helper"))
    notebook["cells"].append({"cell_type": "markdown", "id": "note", "metadata": {}, "source": "Qeyd: hazırdır"})
    notebook["cells"].append(code("", id="empty-at-the-end"))
    return notebook


def damaged() -> Notebook:
    """Locked cells changed and gone, an answer retyped as text, the order turned round, junk between."""
    notebook = solved()
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    cells["load"]["source"] = lines("sales = None")
    cells["best"]["cell_type"] = "markdown"
    del cells["best"]["outputs"], cells["best"]["execution_count"]
    notebook["cells"] = ["junk", cells["chart"], None, cells["best"], cells["load"], {"source": 5}, cells["total"]]
    return notebook


def answer_gone() -> Notebook:
    notebook = solved()
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "chart"]
    return notebook


def skipped() -> Notebook:
    """Tags and a kernel that would have cells passed over or errors forgiven."""
    notebook = solved()
    for cell in notebook["cells"]:
        cell["metadata"] = {"tags": ["skip-execution", "raises-exception", "answer"], "editable": False}
    notebook["metadata"] = {"kernelspec": {"display_name": "R", "language": "R", "name": "ir"}}
    return notebook


def old() -> Notebook:
    return {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [], "metadata": {}}]}


def dump(notebook: Notebook, **how: Any) -> str:
    return json.dumps(notebook, **{"indent": 1, "ensure_ascii": False, **how}) + "\n"


FILES = {
    "jupyter": lambda: dump(run(solved())),
    "vscode": lambda: dump(vscode()),
    "colab": lambda: dump(colab(), indent=2),
    "colab-with-helpers": lambda: dump(colab_with_helpers()),
    "no-ids": lambda: dump(without_ids(solved())),
    "with-errors": lambda: dump(with_errors()),
    "copied-cell": lambda: dump(copied()),
    "copied-by-jupyter": lambda: dump(copied_by_jupyter()),
    "with-helpers": lambda: dump(with_helpers()),
    "damaged": lambda: dump(damaged()),
    "answer-gone": lambda: dump(answer_gone()),
    "skipped": lambda: dump(skipped()),
    "windows": lambda: "\ufeff" + dump(solved()).replace("\n", "\r\n"),
    "one-line": lambda: dump(solved(), indent=None, ensure_ascii=True),
    "format-3": lambda: dump(old()),
    "a-script": lambda: f"import pandas as pd\n{TOTAL}\n",
    "a-page": lambda: "<!DOCTYPE html>\n<html><title>notebook</title></html>\n",
    "cut-off": lambda: dump(solved())[:900],
    "a-list": lambda: "[1, 2, 3]\n",
    "other-json": lambda: '{"name": "package", "version": "1.0.0"}\n',
    "deep": lambda: '{"nbformat": 4, "cells": ' + "[" * 3000 + "]" * 3000 + "}\n",
    "empty": lambda: "",
}

if __name__ == "__main__":
    for name, make in FILES.items():
        (HERE / f"{name}.ipynb").write_bytes(make().encode())
