"""300 damaged notebooks made from those of the courses, each with its undamaged twin. The same ones every time.

A damage is a function that spoils a `Work`: the notebook a learner downloaded and filled in. Cells remember whose they
were (`OWN`) until the notebook is written, so that a damage can find an answer after others had their turn. Where an
answer itself does not survive, the twin has it empty.
"""

from __future__ import annotations

import ast
import copy
import json
import random
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from graders.course.masters import source_of
from graders.notebooks import handed_out, master_cells

COURSES = Path(__file__).parent.parent.parent / "courses"
COUNT = 300
OWN = "_own"  # the id of the author's cell that a cell was, kept beside what is written
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Base:
    """A filled-in notebook: an exercise, one of its known answers, a language."""

    folder: Path
    answer: str
    language: str

    @property
    def master(self) -> bytes:
        own = self.folder / f"task.{self.language}.ipynb"
        return (own if own.exists() else self.folder / "task.ipynb").read_bytes()

    @property
    def sources(self) -> dict[str, str]:
        written = json.loads((self.folder / self.answer / "task.ipynb").read_bytes())
        return {cell["id"]: source_of(cell) for cell in written["cells"]}


@dataclass(frozen=True, kw_only=True)
class Damaged:
    """`damages` by name, in the order they happened. `twin` is what would have been handed in without them."""

    number: int
    base: Base
    damages: tuple[str, ...]
    content: bytes
    twin: bytes
    sources: dict[str, str]

    def __str__(self) -> str:
        where = f"{self.base.folder.parent.name}/{self.base.folder.name}"
        return f"{self.number} {where} {self.base.answer} {self.base.language}: {', '.join(self.damages)}"


@dataclass(kw_only=True)
class Work:
    """What a damage spoils. `sources`: what of the answers survives, by id; `writing`: how the file is written."""

    rng: random.Random
    notebook: Json
    sources: dict[str, str]
    starters: dict[str, str]
    writing: dict[str, Any] = field(default_factory=dict)

    @property
    def cells(self) -> list[Any]:
        return self.notebook["cells"]

    def some(self, of: Iterable[Json]) -> Json:
        return self.rng.choice(list(of))

    def answers(self) -> list[Json]:
        return [cell for cell in self.cells if cell.get(OWN) in self.sources and cell["cell_type"] == "code"]

    def locked(self, kind: str = "") -> list[Json]:
        return [
            cell for cell in self.cells
            if OWN in cell and cell[OWN] not in self.sources and (not kind or cell["cell_type"] == kind)
        ]

    def place(self, cell: Json) -> int:
        return next(number for number, one in enumerate(self.cells) if one is cell)

    def new_id(self) -> str:
        return "".join(self.rng.choices(string.hexdigits.lower(), k=8))


def code(source: str) -> Json:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def text(source: str) -> Json:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


# ---- copied, deleted, split, merged, retyped, re-ordered cells


def copied_below(work: Work) -> None:
    cell = work.some(work.answers())
    work.cells.insert(work.place(cell) + 1, copy.deepcopy(cell))


def copied_with_a_new_id(work: Work) -> None:
    copied_below(work)
    twice = [cell for number, cell in enumerate(work.cells) if cell in work.cells[:number]]
    twice[-1]["id"] = work.new_id()


def copied_before_it_was_filled_in(work: Work) -> None:
    cell = work.some(work.answers())
    stale = copy.deepcopy(cell) | {"source": work.starters[cell[OWN]]}
    work.cells.insert(work.rng.randrange(work.place(cell) + 1), stale)


def everything_copied(work: Work) -> None:
    """The whole notebook pasted below itself."""
    work.cells.extend(copy.deepcopy(work.cells))


def locked_deleted(work: Work) -> None:
    locked = work.locked()
    gone = work.rng.sample(locked, work.rng.randint(1, len(locked)))
    work.notebook["cells"] = [cell for cell in work.cells if not any(cell is one for one in gone)]


def answer_deleted(work: Work) -> None:
    cell = work.some(work.answers())
    work.notebook["cells"] = [one for one in work.cells if one.get(OWN) != cell[OWN]]
    work.sources[cell[OWN]] = ""


def split(work: Work) -> None:
    """At the cursor, between two statements; which half keeps id and metadata depends on the editor."""
    cells = [cell for cell in work.answers() if "plt." not in cell["source"] and len(_starts(cell["source"])) > 1]
    if not cells:  # nothing but single statements: one is written in two lines
        return
    cell = work.some(cells)
    lines, at = cell["source"].split("\n"), work.rng.choice(_starts(cell["source"])[1:])
    first, second = copy.deepcopy(cell), copy.deepcopy(cell)
    first["source"], second["source"] = "\n".join(lines[:at]), "\n".join(lines[at:])
    other = work.some([first, second])
    other["id"] = work.new_id()
    if work.rng.random() < 0.5:
        other["metadata"] = {}
    place = work.place(cell)
    work.cells[place : place + 1] = [first, second]


def _starts(source: str) -> list[int]:
    """The lines, from 0, on which a statement begins, decorators included."""
    tops = ast.parse(source).body
    return [min(one.lineno for one in (node, *getattr(node, "decorator_list", ()))) - 1 for node in tops]


def merged_with_what_follows(work: Work) -> None:
    cell = work.some(work.answers())
    _merge(work, work.place(cell), work.rng.randint(2, 3))


def merged_into_the_task(work: Work) -> None:
    """The text above and the answer become one cell, a text."""
    places = [work.place(cell) for cell in work.answers()]
    places = [place for place in places if place and work.cells[place - 1]["cell_type"] == "markdown"]
    if places:
        _merge(work, work.rng.choice(places) - 1, 2)


def _merge(work: Work, place: int, count: int) -> None:
    parts = work.cells[place : place + count]
    work.cells[place : place + count] = [parts[0] | {"source": "\n\n".join(part["source"] for part in parts)}]


def answer_retyped(work: Work) -> None:
    cell = work.some(work.answers())
    cell["cell_type"] = work.rng.choice(["markdown", "raw"])
    del cell["outputs"], cell["execution_count"]


def locked_retyped(work: Work) -> None:
    cell = work.some(work.locked())
    cell["cell_type"] = "raw" if cell["cell_type"] == "code" else "code"


def reordered(work: Work) -> None:
    how = work.rng.choice(["shuffled", "reversed", "one moved"])
    if how == "shuffled":
        work.rng.shuffle(work.cells)
    elif how == "reversed":
        work.cells.reverse()
    else:
        moved = work.cells.pop(work.rng.randrange(len(work.cells)))
        work.cells.insert(work.rng.randrange(len(work.cells) + 1), moved)


# ---- cells of one's own, and locked ones written into


def own_cells(work: Work) -> None:
    own = ["import math", "print('salam')", "%time 1 + 1", "1 / 0", "", "# qeyd", "x = input", "print("]
    for _ in range(work.rng.randint(1, 5)):
        made = code(work.rng.choice(own)) if work.rng.random() < 0.8 else text("Mənim qeydim: bura baxmaq lazımdır.")
        work.cells.insert(work.rng.randrange(len(work.cells) + 1), made | {"id": work.new_id()})


def locked_changed(work: Work) -> None:
    for cell in work.rng.sample(work.locked(), min(2, len(work.locked()))):
        cell["source"] = "mine = 1\n" if cell["cell_type"] == "code" else cell["source"][: len(cell["source"]) // 2] + " …"


# ---- ids and metadata


def ids_lost(work: Work) -> None:
    for cell in work.cells:
        cell.pop("id", None)
    work.notebook["nbformat_minor"] = 4


def marks_lost(work: Work) -> None:
    for cell in work.cells:
        cell["metadata"] = {}


def names_lost(work: Work) -> None:
    """Nothing says any more which cell is which but their order."""
    ids_lost(work)
    marks_lost(work)


def one_id_for_all(work: Work) -> None:
    for cell in work.cells:
        cell["id"] = "cell-1"


def ids_twice(work: Work) -> None:
    answers = [cell["id"] for cell in work.answers() if "id" in cell]
    for cell in work.rng.sample(work.cells, min(3, len(work.cells))):
        cell["id"] = work.rng.choice(answers or ["a"])


def new_ids(work: Work) -> None:
    for cell in work.cells:
        cell["id"] = work.new_id()


def ids_of_odd_types(work: Work) -> None:
    odd: list[Any] = [None, 7, "", [], {}, "x" * 500, "a b", True]
    for cell in work.cells:
        cell["id"] = work.rng.choice(odd)


def metadata_of_others(work: Work) -> None:
    others: list[Json] = [
        {"colab": {"base_uri": "https://localhost:8080/", "height": 34}, "id": "aB1xYz_9kLm", "outputId": "0f0e"},
        {"vscode": {"languageId": "python"}, "tags": ["skip-execution", "raises-exception"]},
        {"nbgrader": {"grade": True, "grade_id": "x", "locked": False, "points": 99, "solution": True}},
        {"jupytext": {"formats": "ipynb,py"}, "editable": False, "deletable": False, "slideshow": {"slide_type": "-"}},
        {"deepnote_cell_type": "code", "cell_id": "00000-1", "source_hash": "b623e53d", "ExecuteTime": {}},
    ]
    for cell in work.cells:
        cell["metadata"] = {**cell["metadata"], **work.rng.choice(others)}
    work.notebook["metadata"] = work.rng.choice(
        [
            {"kernelspec": {"display_name": "R", "language": "R", "name": "ir"}},
            {"colab": {"provenance": [], "gpuType": "T4"}, "accelerator": "GPU"},
            {"kernelspec": {"name": ".venv"}, "language_info": {"name": "julia", "version": "9"}, "orig_nbformat": 4},
            {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"model_name": "X"}}}}},
        ]
    )


def metadata_of_odd_types(work: Work) -> None:
    for cell in work.rng.sample(work.cells, len(work.cells) // 2):
        cell["metadata"] = work.rng.choice([None, [], "metadata", 5, {"tags": "answer"}, {"tags": None, "bilik": 3}])
    work.notebook["metadata"] = work.rng.choice([None, [], 1])


# ---- what editors save


def outputs_saved(work: Work) -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    outputs: list[Json] = [
        {"name": "stdout", "output_type": "stream", "text": ["All tests passed, 100/100\n"] * 50},
        {"data": {"image/png": dot, "text/html": ["<script>alert(1)</script>"]}, "metadata": {},
         "output_type": "display_data"},
        {"ename": "NameError", "evalue": "x", "output_type": "error", "traceback": ["\u001b[0;31mNameError\u001b[0m"]},
        {"data": {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}, "metadata": {},
         "output_type": "execute_result", "execution_count": 3},
        {"output_type": "pyout", "text": 5}, {}, {"output_type": "stream", "text": "x" * 100_000},
    ]  # fmt: skip
    for number, cell in enumerate(work.cells, 1):
        if cell["cell_type"] == "code":
            cell["outputs"] = work.rng.sample(outputs, 3)
            cell["execution_count"] = work.rng.choice([number, "7", -1])


def attachments(work: Work) -> None:
    for cell in work.cells:
        cell["attachments"] = {"image.png": {"image/png": "A" * 5000, "image/svg+xml": "<svg onload='alert(1)'/>"}}


def stray_keys(work: Work) -> None:
    for cell in work.cells:
        cell[work.rng.choice(["collapsed", "prompt_number", "language", "level", "Source", "_", "input"])] = 1
    work.notebook |= {"cell": [], "worksheet": {}, "signature": "sha256:0", "nbformat_patch": [1, {"a": None}]}


def junk_between(work: Work) -> None:
    junk: list[Any] = [None, 5, "junk", [], [[]], {}, {"cell_type": "code"}, {"cell_type": 7, "source": 8}, True]
    for _ in range(3):
        work.cells.insert(work.rng.randrange(len(work.cells) + 1), work.rng.choice(junk))


def keys_missing(work: Work) -> None:
    for cell in work.cells:
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
    for key in ("metadata", "nbformat", "nbformat_minor"):
        work.notebook.pop(key, None)


def sources_of_odd_types(work: Work) -> None:
    for cell in work.cells:
        lines = cell["source"].split("\n")
        cell["source"] = work.rng.choice(
            [cell["source"], list(cell["source"]), lines, cell["source"].splitlines(keepends=True), [*lines, None, 5]]
        )
        if "\n" not in "".join(map(str, cell["source"])) and lines[0][:1] in "%#!":
            cell["source"] = "\n".join(lines)


def line_ends(work: Work) -> None:
    """Of Windows, and of old Macs, inside the sources."""
    end = work.rng.choice(["\r\n", "\r"])
    for cell in work.cells:
        cell["source"] = cell["source"].replace("\n", end)


# ---- formats and files


def another_minor(work: Work) -> None:
    minor = work.rng.choice([0, 1, 2, 3, 4, 5, 5, 99, None, "5", 4.5])
    work.notebook["nbformat_minor"] = minor
    if isinstance(minor, int) and minor < 5 and work.rng.random() < 0.5:
        ids_lost(work)
        work.notebook["nbformat_minor"] = minor


def format_3(work: Work) -> None:
    """As "Download as" of an old Jupyter, or `nbconvert --to notebook --nbformat 3`, writes it."""
    for cell in work.cells:
        cell.pop("id", None)
        if cell["cell_type"] == "code":
            cell["input"], cell["language"] = cell.pop("source"), "python"
            cell["prompt_number"] = cell.pop("execution_count", None)
        elif cell["source"].startswith("# ") and "\n" not in cell["source"]:
            cell |= {"cell_type": "heading", "level": 1, "source": cell["source"][2:]}
    cells = work.notebook.pop("cells")
    work.notebook |= {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells, "metadata": {}}]}


def huge_numbers(work: Work) -> None:
    work.notebook["signature"] = {"a": float("nan"), "b": [float("inf"), -float("inf")], "c": 1e308}
    work.writing["huge"] = "9" * 6000


def keys_twice(work: Work) -> None:
    work.writing["first"] = '"cells": [], "metadata": {"kernelspec": null}, "nbformat": 4, '


def half_characters(work: Work) -> None:
    work.notebook["signature"] = "\ud83d"
    for cell in work.cells:
        cell["metadata"] = {**cell["metadata"], "half": "\udc00"}
    work.writing["ascii"] = True


def windows_file(work: Work) -> None:
    work.writing["newline"] = "\r\n"


def marked_utf_8(work: Work) -> None:
    work.writing["encoding"] = "utf-8-sig"


def utf_16(work: Work) -> None:
    work.writing["encoding"] = work.rng.choice(["utf-16", "utf-16-le", "utf-32"])


def one_line(work: Work) -> None:
    work.writing |= {"indent": None, "ascii": True}


# In this order they happen; a damage never comes together with those named beside it, which would leave an answer that
# cannot be told from other text, or a notebook that no Jupyter could run either.
DAMAGES: dict[Callable[[Work], None], str] = {
    copied_below: "reordered",
    copied_with_a_new_id: "reordered",
    copied_before_it_was_filled_in: "reordered names_lost everything_copied answer_retyped answer_deleted",
    locked_deleted: "names_lost",
    answer_deleted: "names_lost merged_with_what_follows merged_into_the_task everything_copied",
    split: "reordered everything_copied answer_retyped",
    merged_with_what_follows: "reordered everything_copied locked_changed own_cells",
    merged_into_the_task: "reordered everything_copied locked_changed own_cells",
    answer_retyped: "names_lost everything_copied",
    locked_retyped: "names_lost",
    own_cells: "",
    locked_changed: "names_lost",
    everything_copied: "reordered names_lost one_id_for_all own_cells",
    reordered: "names_lost",
    ids_lost: "marks_lost metadata_of_odd_types",
    marks_lost: "ids_lost one_id_for_all new_ids ids_of_odd_types ids_twice another_minor format_3",
    names_lost: "",
    one_id_for_all: "marks_lost metadata_of_odd_types",
    ids_twice: "marks_lost metadata_of_odd_types",
    new_ids: "marks_lost metadata_of_odd_types",
    ids_of_odd_types: "marks_lost metadata_of_odd_types",
    metadata_of_others: "",
    metadata_of_odd_types: "ids_lost another_minor format_3 half_characters metadata_of_others",
    outputs_saved: "",
    attachments: "",
    stray_keys: "",
    keys_missing: "another_minor format_3 keys_twice",
    line_ends: "merged_into_the_task merged_with_what_follows",
    another_minor: "format_3",
    huge_numbers: "",
    half_characters: "",
    format_3: "sources_of_odd_types keys_twice junk_between stray_keys",
    sources_of_odd_types: "",
    junk_between: "",
    keys_twice: "",
    windows_file: "",
    marked_utf_8: "utf_16",
    utf_16: "",
    one_line: "",
}
NAMES = {damage.__name__: damage for damage in DAMAGES}
# These leave every answer in its own cell as it was written, and add nothing that runs.
KEEPING = set(NAMES) - {
    "copied_below", "copied_with_a_new_id", "copied_before_it_was_filled_in", "split", "merged_with_what_follows",
    "merged_into_the_task", "own_cells", "everything_copied", "junk_between", "names_lost",
}  # fmt: skip


@cache
def bases() -> tuple[Base, ...]:
    """Every known answer of every notebook of the courses."""
    found = []
    for written in sorted(COURSES.glob("*/*/*/task.ipynb")):
        folder = written.parent
        for answer in ["solution", *(f"answers/{path.name}" for path in sorted((folder / "answers").iterdir()))]:
            found += [Base(folder=folder, answer=answer, language=language) for language in ("az", "en", "ru")]
    return tuple(found)


@cache
def damages_of(number: int) -> tuple[str, ...]:
    """What is done to the notebook of this number: every damage is the main one of some, others come on top."""
    rng = random.Random(f"damages {number}")
    names = [list(NAMES)[number % len(NAMES)]]
    for name in rng.sample(list(NAMES), rng.choice([0, 1, 2, 2, 3, 4])):
        if name not in names and not any(_clash(name, other) for other in names):
            names.append(name)
    return tuple(sorted(names, key=list(NAMES).index))


def damaged(number: int) -> Damaged:
    """The notebook of this `number`, from 0."""
    rng = random.Random(f"damaged {number}")
    base = rng.choice([base for base in bases() if base.answer == "solution" or number not in sample()])
    whole = _filled_in(base)
    work = Work(
        rng=rng, notebook=_filled_in(base), sources=dict(base.sources),
        starters={cell.id: cell.source for cell in master_cells(base.master) if cell.answer},
    )  # fmt: skip
    for name in damages_of(number):
        NAMES[name](work)
    for cell in whole["cells"]:
        cell["source"] = work.sources.get(cell[OWN], cell["source"])
    return Damaged(
        number=number, base=base, damages=damages_of(number), content=_written(work.notebook, **work.writing),
        twin=_written(whole), sources=work.sources,
    )  # fmt: skip


def _clash(one: str, other: str) -> bool:
    return other in DAMAGES[NAMES[one]].split() or one in DAMAGES[NAMES[other]].split()


def _filled_in(base: Base) -> Json:
    notebook: Json = json.loads(handed_out(base.master))
    for cell in notebook["cells"]:
        cell[OWN] = cell["id"]
        cell["source"] = base.sources.get(cell["id"], cell["source"])
    return notebook


def _written(
    notebook: Json, *, indent: int | None = 1, ascii: bool = False, newline: str = "\n", encoding: str = "utf-8",
    huge: str = "", first: str = "",
) -> bytes:  # fmt: skip
    sheets = notebook.get("worksheets") or [notebook]
    for cell in (cell for sheet in sheets for cell in sheet["cells"] if isinstance(cell, dict)):
        cell.pop(OWN, None)
    text = json.dumps(notebook, indent=indent, ensure_ascii=ascii or bool(huge))
    if huge:
        text = '{"huge": %s, ' % huge + text[1:]
    if first:
        text = "{" + first + text[1:]
    return (text + "\n").replace("\n", newline).encode(encoding)


@cache
def sample() -> list[int]:
    """Numbers of few notebooks that have every damage between them; they are right answers."""
    missing, chosen = set(NAMES), list[int]()
    while missing:
        chosen.append(max(range(COUNT), key=lambda number: len(missing & set(damages_of(number)))))
        missing -= set(damages_of(chosen[-1]))
    return chosen
