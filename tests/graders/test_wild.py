"""Notebooks from the wild, graded on real containers: none of them is ungradable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.course import Course, Exercise
from graders.grading import grade
from graders.uploads import read_upload
from graders.verdict import Purpose, Verdict
from sandbox.building import build
from sandbox.docker_sandbox import DockerSandbox

WILD = Path(__file__).parent.parent / "wild"
POINTS = {
    "jupyter": 7,
    "vscode": 7,
    "colab": 7,
    "colab-with-helpers": 7,
    "no-ids": 7,
    "with-errors": 5,  # one answer does not compile, and nothing else is lost
    "copied-cell": 7,  # the copy runs behind its original and has the last word
    "copied-by-jupyter": 7,
    "with-helpers": 7,
    "damaged": 7,
    "answer-gone": 4,
    "skipped": 7,
    "windows": 7,
    "one-line": 7,
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerSandbox]:
    data = Path(os.environ.get("BILIK_DATA") or tmp_path_factory.mktemp("wild"))
    with DockerSandbox(data, pool={}, proved=False, recipe=build(data)) as place:
        yield place


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
