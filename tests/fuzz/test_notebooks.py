"""Notebooks from anywhere, learners' and authors': cells, rebuilt around the author's, or one clear refusal."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.course.masters import check_answer_notebook, check_masters
from graders.course.tables import Problems
from graders.notebooks import assemble, handed_out, master_cells, rebuild
from graders.parsing import MOST_CELLS, MOST_SOURCE, Unreadable, cells_of, sources_only
from graders.uploads import SENTENCES
from tests.fuzz.spoiling import bounded, examples, grown, spoiled
from tests.wild.damaging import COUNT, damaged

MASTER = damaged(0).base.master
IDS = [cell.id for cell in master_cells(MASTER)]
WILD = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "wild").glob("*.ipynb"))]
WHOLE = [MASTER, handed_out(MASTER), *WILD, *(damaged(number).content for number in range(0, COUNT, 12))]

texts = st.text(max_size=20) | st.sampled_from(
    ["x = ...", "\ud800", "\0", "\ufeffx", "a\r\nb", *(cell.source for cell in master_cells(MASTER))]
)
odd = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.just([]) | st.just({})
names = st.sampled_from(IDS) | texts | odd
cells = st.dictionaries(
    st.sampled_from(["cell_type", "id", "source", "input", "metadata", "outputs", "level"]), odd, max_size=3
).flatmap(
    lambda base: st.fixed_dictionaries(
        {},
        optional={
            "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | odd,
            "id": names,
            "source": texts | st.lists(texts, max_size=3) | odd,
            "metadata": st.fixed_dictionaries(
                {}, optional={"tags": st.just(["answer"]) | odd, "bilik": st.fixed_dictionaries({"cell": names}) | odd}
            )
            | odd,
        },
    ).map(lambda more: base | more)
)
lists_of_cells = st.lists(cells | odd, max_size=10)
notebooks = st.fixed_dictionaries(
    {"cells": lists_of_cells | odd},
    optional={
        "nbformat": st.sampled_from([1, 2, 3, 4, 4.0, "4", 5]) | odd,
        "metadata": odd,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": lists_of_cells | odd}) | odd, max_size=2) | odd,
    },
)


ODD = [
    None,
    True,
    5,
    1.5,
    "",
    "answer",
    "\ud800",
    "code",
    "markdown",
    [],
    {},
    [None],
    ["answer"],
    {"tags": 5},
    {"tags": ["answer"]},
    *IDS,
]


def check_said(why: Unreadable) -> None:
    assert SENTENCES[why.key] % {"name": "n.ipynb", **why.params}


def check_read(data: bytes) -> None:
    """What is read stays within its limits, reads back as the same, and is rebuilt around all cells of the author's."""
    with bounded():
        try:
            found = cells_of(data)
        except Unreadable as why:
            check_said(why)
            return
        assert len(found) <= MOST_CELLS and all(len(cell.source) <= MOST_SOURCE + 10 for cell in found)
        plain = sources_only(found)
        assert cells_of(plain) == found
        rebuilt = rebuild(MASTER, data)
        assert rebuilt == rebuild(MASTER, plain)
        assert [cell.id for cell in rebuilt.cells if not cell.added] == IDS
        assert len({cell.id for cell in rebuilt.cells}) == len(rebuilt.cells)
        again = rebuild(MASTER, rebuilt.as_bytes())
        assert again.cells == rebuilt.cells
        assert rebuild(MASTER, assemble(MASTER, rebuilt.sources())).sources() == rebuilt.sources()


@examples(250)
@given(spoiled(WHOLE))
def test_a_spoiled_notebook_is_rebuilt_or_refused(data: bytes) -> None:
    check_read(data)


@examples(350)
@given(notebooks)
def test_any_json_that_looks_like_a_notebook_is_rebuilt_or_refused(notebook: dict[str, Any]) -> None:
    check_read(json.dumps(notebook).encode())


@examples(60)
@given(
    st.binary(max_size=60)
    | st.recursive(odd, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=6).map(
        lambda one: json.dumps(one).encode()
    )
)
def test_anything_else_is_refused(data: bytes) -> None:
    check_read(data)


@pytest.mark.parametrize("depth", [90, 400, 990, 5000, 1_000_000])
@pytest.mark.parametrize(("bracket", "end"), [("[", "]"), ('{"a":', "}"), ("[", ""), ('"\\"', "")])
def test_depth_is_a_refusal_and_nothing_worse(depth: int, bracket: str, end: str) -> None:
    with contextlib.suppress(Unreadable), bounded():
        cells_of(f'{{"cells": [], "x": {bracket * depth}1{end * depth}}}'.encode())


@examples(250)
@given(spoiled([MASTER]) | grown([json.loads(MASTER)], ODD).map(lambda one: json.dumps(one).encode()))
def test_an_authors_notebook_is_read_or_complained_about(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "task.ipynb").write_bytes(data)
    (tmp_path / "task.en.ipynb").write_bytes(MASTER)
    problems = Problems(tmp_path)
    with bounded():
        answers = check_masters(problems, tmp_path, own="az")
        check_answer_notebook(problems, tmp_path / "task.ipynb", answers)
    for error in problems.errors:
        str(error).encode()
    if not problems.errors:  # then the site can work with it
        assert rebuild(data, MASTER).as_bytes()
        assert {cell.id for cell in master_cells(data) if cell.answer} == answers
        handed_out(data)
