"""Notebooks from the wild: taken apart as data and rebuilt from the author's, or refused with one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graders import uploads
from graders.course import Course, Exercise
from graders.notebooks import assemble, handed_out, rebuild
from graders.parsing import Unreadable, cells_of
from graders.uploads import Refusal, read_upload
from tests.wild.make import BEST, CHART, FILES, TOTAL

WILD = Path(__file__).parent.parent / "wild"
ALL = {"total": TOTAL, "best": BEST, "chart": CHART}
TAKEN = {  # what the learner's answers are, and what was put right
    "jupyter": (ALL, []),
    "vscode": (ALL, []),
    "colab": (ALL, []),
    "colab-with-helpers": (ALL, []),
    "no-ids": (ALL, []),
    "with-errors": (ALL | {"best": "best = sales['product'].idxmax("}, []),
    "copied-cell": (ALL, ["duplicate_id"]),  # of the two the one that was worked on
    "copied-by-jupyter": (ALL | {"best": "best = ..."}, []),
    "with-helpers": (ALL | {"best": "best = strongest(sales)"}, []),
    "damaged": (ALL, ["answer_retyped", "locked_cell_changed"]),
    "answer-gone": (ALL | {"chart": ""}, ["answer_removed"]),
    "skipped": (ALL, []),
    "windows": (ALL, []),
    "one-line": (ALL, []),
}
REFUSED = {
    "format-3": "notebook.version",
    "a-script": "notebook.not_json",
    "a-page": "notebook.not_json",
    "cut-off": "notebook.not_json",
    "a-list": "notebook.not_notebook",
    "other-json": "notebook.not_notebook",
    "deep": "notebook.deep",
    "empty": "notebook.not_json",
}


@pytest.fixture
def sales(sample: Course) -> Exercise:
    exercise = sample.item("tables/sales")
    assert isinstance(exercise, Exercise)
    return exercise


def wild(name: str) -> bytes:
    return (WILD / f"{name}.ipynb").read_bytes()


def test_every_stored_notebook_is_spoken_of_here() -> None:
    assert {path.stem for path in WILD.glob("*.ipynb")} == set(TAKEN) | set(REFUSED) == set(FILES)


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("language", ["en", "az"])
def test_a_notebook_from_the_wild_is_taken(sales: Exercise, name: str, language: str) -> None:
    taken = read_upload(sales, {"notebook (1).ipynb": wild(name)})["task.ipynb"]
    rebuilt = rebuild(sales.notebook(language), taken)
    answers, flags = TAKEN[name]
    assert {id: source.replace("\r", "") for id, source in rebuilt.sources().items()} == answers
    assert sorted(rebuilt.flags) == flags
    assert next(cell for cell in rebuilt.cells if cell.id == "load").source.startswith("import pandas")
    assert [cell.id for cell in rebuilt.cells if not cell.added] == [
        "intro", "load", "t1", "total", "t2", "best", "t3", "chart",
    ]  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_notebook_is_refused_with_one_sentence(sales: Exercise, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_upload(sales, {"mənim.ipynb": wild(name)})
    assert refused.value.key == REFUSED[name]
    assert "mənim.ipynb" in str(refused.value) and "\n" not in str(refused.value)


def test_nothing_but_source_text_is_taken(sales: Exercise) -> None:
    taken = read_upload(sales, {"a.ipynb": wild("jupyter")})["task.ipynb"]
    assert b"script" not in taken and b"salam" not in taken and b"execution_count" in taken
    rebuilt = json.loads(
        rebuild(sales.notebook("en"), read_upload(sales, {"a.ipynb": wild("skipped")})["task.ipynb"]).as_bytes()
    )
    assert rebuilt["metadata"]["kernelspec"]["name"] == "python3"
    assert not any("skip-execution" in cell["metadata"].get("tags", []) for cell in rebuilt["cells"])


def test_added_cells_run_behind_the_cell_they_followed(sales: Exercise) -> None:
    order = [cell.id for cell in rebuild(sales.notebook("en"), wild("with-helpers")).cells if cell.kind == "code"]
    assert order == ["load", "added-1", "total", "best", "chart"]
    order = [cell.id for cell in rebuild(sales.notebook("en"), wild("colab-with-helpers")).cells if cell.kind == "code"]
    assert order == ["added-1", "load", "total", "added-2", "best", "chart"]
    order = [cell.id for cell in rebuild(sales.notebook("en"), wild("copied-cell")).cells if cell.kind == "code"]
    assert order == ["load", "total", "added-1", "best", "chart"]


def test_a_notebook_of_five_megabytes_is_taken_and_a_larger_one_refused(sales: Exercise) -> None:
    notebook = json.loads(wild("jupyter"))
    notebook["cells"][1]["outputs"].append(
        {"output_type": "stream", "name": "stdout", "text": ["x" * 2000 + "\n"] * 2500}
    )
    large = json.dumps(notebook).encode()
    assert 5_000_000 < len(large) < 5 * 2**20
    assert rebuild(sales.notebook("en"), read_upload(sales, {"a.ipynb": large})["task.ipynb"]).sources() == ALL
    with pytest.raises(Refusal, match="larger than 5 MiB"):
        read_upload(sales, {"a.ipynb": large + b" " * 2**20})


def test_limits_of_a_notebook_are_named(sales: Exercise) -> None:
    many = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "1"}] * 501}).encode()
    with pytest.raises(Refusal, match="has 501 cells; at most 500"):
        read_upload(sales, {"a.ipynb": many})
    long = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x" * 300_000}]}).encode()
    with pytest.raises(Refusal, match=r"Cell 1 of “a\.ipynb” is longer than 200 KiB"):
        read_upload(sales, {"a.ipynb": long})


def test_a_reader_that_takes_too_long_is_ended(sales: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PARSING_SECONDS", 0.001)
    with pytest.raises(Refusal) as refused:
        read_upload(sales, {"a.ipynb": wild("jupyter")})
    assert refused.value.key == "notebook.unreadable"


def test_a_reader_that_dies_takes_nobody_along(
    sales: Exercise, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dying = tmp_path / "parsing.py"
    dying.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setattr(uploads.parsing, "__file__", str(dying))
    with pytest.raises(Refusal) as refused:
        read_upload(sales, {"a.ipynb": wild("jupyter")})
    assert refused.value.key == "notebook.unreadable"


def test_a_handed_out_notebook_is_known_again_without_ids(sales: Exercise) -> None:
    notebook = json.loads(handed_out(sales.notebook("az")))
    for cell in notebook["cells"]:
        del cell["id"]
        cell["metadata"].pop("tags", None)
    cells = {cell["metadata"]["bilik"]["cell"]: cell for cell in notebook["cells"]}
    cells["best"]["source"] = BEST
    notebook["cells"].reverse()
    assert rebuild(sales.notebook("az"), json.dumps(notebook).encode()).sources()["best"] == BEST


def test_of_a_copy_with_our_mark_and_a_cell_with_its_id_alone_the_one_that_was_worked_on_is_the_answer(
    sales: Exercise,
) -> None:
    notebook = json.loads(handed_out(sales.notebook("en")))
    place = next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == "best")
    worked_on = {**notebook["cells"][place], "source": BEST, "metadata": {}}
    notebook["cells"].insert(place + 1, worked_on)
    assert rebuild(sales.notebook("en"), json.dumps(notebook).encode()).sources()["best"] == BEST


def test_what_was_typed_into_a_page_becomes_the_same_notebook(sales: Exercise) -> None:
    typed = assemble(sales.notebook("ru"), {"best": BEST, "load": "sales = 1", "nonsense": "x"})
    rebuilt = rebuild(sales.notebook("ru"), typed)
    assert rebuilt.sources() == {"total": "total = ...", "best": BEST, "chart": "# …"}
    assert rebuilt.flags == ()


@pytest.mark.parametrize(
    "cell",
    [{}, {"cell_type": "code"}, {"cell_type": 7, "source": 8, "id": 9, "metadata": 1}, {"source": ["a", 1, None]},
     {"cell_type": "code", "source": "x = '\ud800'"}, {"cell_type": "code", "source": "a\0b"},
     {"cell_type": "code", "metadata": {"tags": "answer"}},
     {"cell_type": "code", "metadata": {"bilik": "x"}, "id": None}],
)  # fmt: skip
def test_odd_cells_never_break_reading(cell: dict[str, object]) -> None:
    (found,) = cells_of(json.dumps({"cells": [cell]}).encode())
    found.source.encode()
    assert "\0" not in found.source


def test_reading_bytes_that_are_not_text_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        cells_of(b"\xff\xfe{\x00}")
