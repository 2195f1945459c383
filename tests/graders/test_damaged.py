"""300 damaged notebooks: none is ungradable, and every answer that survived is found again, in its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from graders.course import load_exercise
from graders.grading import grade
from graders.notebooks import Cell, Rebuilt, master_cells, rebuild
from graders.uploads import read_upload
from graders.verdict import Purpose, Verdict
from sandbox.model import Sandbox
from tests.wild.damaging import COUNT, KEEPING, NAMES, Damaged, damaged, damages_of, sample


def program(cells: Iterable[Cell]) -> list[str]:
    """What runs, line by line."""
    code = "\n".join(cell.source for cell in cells if cell.kind == "code")
    return [line.strip() for line in code.split("\n") if line.strip()]


def runs_in_order(wanted: list[str], found: list[str]) -> bool:
    """Whether all of `wanted` stands in `found`, in this order, whatever stands between."""
    rest: Iterator[str] = iter(found)
    return all(line in rest for line in wanted)


def spoiled(one: Damaged, rebuilt: Rebuilt) -> str:
    """What of a notebook did not survive that should have; empty if all did."""
    own = [cell for cell in rebuilt.cells if not cell.added]
    master = master_cells(one.base.master)
    if [cell.id for cell in own] != [cell.id for cell in master]:
        return "the author's cells"
    if [cell for cell in own if not cell.answer] != [cell for cell in master if not cell.answer]:
        return "a locked cell"
    if set(one.damages) <= KEEPING and rebuilt.sources() != one.sources:
        return "an answer"
    if not runs_in_order(program(rebuild(one.base.master, one.twin).cells), program(rebuilt.cells)):
        return "the program"
    starters = {cell.id: cell.source for cell in master}
    for id, source in one.sources.items():
        place = next(number for number, cell in enumerate(rebuilt.cells) if cell.id == id)
        if rebuilt.cells[place].source == starters[id] != source:
            return "the last word of an answer"  # what it began with runs again after it
    return ""


@pytest.mark.parametrize("tenth", range(10))
def test_a_damaged_notebook_is_rebuilt_with_every_answer_that_survived(tenth: int) -> None:
    worse = {}
    for number in range(tenth * COUNT // 10, (tenth + 1) * COUNT // 10):
        one = damaged(number)
        lost = spoiled(one, rebuild(one.base.master, one.content))
        if lost:
            worse[str(one)] = lost
    assert worse == {}


def test_every_damage_is_done_often_alone_or_with_others_and_the_same_way_each_time() -> None:
    done = Counter(name for number in range(COUNT) for name in damages_of(number))
    assert set(done) == set(NAMES)
    assert min(done.values()) >= 5, done
    assert all(damaged(number) == damaged(number) for number in range(0, COUNT, 7))


def test_the_twins_are_whole() -> None:
    for number in range(0, COUNT, 5):
        one = damaged(number)
        rebuilt = rebuild(one.base.master, one.twin)
        assert rebuilt.sources() == one.sources
        assert not rebuilt.flags
        assert json.loads(one.twin)["nbformat"] == 4


def statuses(one: Damaged, content: bytes, sandbox: Sandbox) -> dict[str, str]:
    """What each check says of an upload, hidden ones included."""
    exercise = load_exercise(one.base.folder)
    answer = read_upload(exercise, {"notebook.ipynb": content})
    *_, verdict = grade(
        exercise, answer, sandbox, purpose=Purpose.SUBMIT, seed=1, key=exercise.digest, language=one.base.language
    )
    assert isinstance(verdict, Verdict)
    return {check.id: check.status.value for check in verdict.checks}


@pytest.mark.docker
@pytest.mark.parametrize("number", sample())
def test_a_damaged_notebook_gets_the_score_of_its_twin(number: int, sandbox: Sandbox) -> None:
    """A few that have every damage between them; benchmarks/damaged.py grades all."""
    one = damaged(number)
    found = statuses(one, one.content, sandbox)
    if one.base.answer == "solution" and one.sources == one.base.sources:
        assert set(found.values()) == {"passed"}, (str(one), found)
    else:
        assert found == statuses(one, one.twin, sandbox), str(one)
