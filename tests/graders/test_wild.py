"""Notebooks from the wild, graded on real containers: none of them is ungradable."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.course import Course, Exercise
from graders.grading import grade
from graders.uploads import read_upload
from graders.verdict import Purpose, Verdict
from sandbox.docker_sandbox import DockerSandbox

WILD = Path(__file__).parent.parent / "wild"
POINTS = {
    "jupyter": 7,
    "vscode": 7,
    "colab": 7,
    "colab-with-helpers": 7,
    "no-ids": 7,
    "with-errors": 5,  # one answer does not compile, and nothing else is lost
    "copied-cell": 7,  # the copy that was worked on is the answer, the other runs before it
    "copied-by-jupyter": 7,
    "with-helpers": 7,
    "damaged": 7,
    "answer-gone": 4,
    "skipped": 7,
    "windows": 7,
    "one-line": 7,
}


@pytest.mark.docker
@pytest.mark.parametrize("name", POINTS)
def test_a_notebook_from_the_wild_is_graded(sample: Course, sandbox: DockerSandbox, name: str) -> None:
    exercise = sample.item("tables/sales")
    assert isinstance(exercise, Exercise)
    answer = read_upload(exercise, {f"{name}.ipynb": (WILD / f"{name}.ipynb").read_bytes()})
    *_, verdict = grade(
        exercise, answer, sandbox, purpose=Purpose.CHECK, seed=1, key=sample.digest, language="en"
    )  # fmt: skip
    assert isinstance(verdict, Verdict)
    statuses = {check.id: check.status.value for check in verdict.checks}
    assert verdict.points == POINTS[name], statuses
