"""Cases as data: the folders beside this file, read into what the tests need. README.md says how to add one."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from graders.course import Exercise, load_exercise

HERE = Path(__file__).parent
TARGETS = {path.parent.name: load_exercise(path.parent) for path in sorted(HERE.glob("targets/*/exercise.toml"))}
# Each is planted where no learner may see it: hidden inputs and data, hidden expected values, sources of checks,
# reference solutions, the environment of the worker, somebody else's submission.
MARKERS = ("QZ7K", "K7ZQ", "7310915", "53449478137225", "7310936", "7310916")
SAID = ("case.toml", "make.py")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What `case.toml` says; README.md explains each key."""

    name: str
    what: str
    target: str = ""
    points: float = 0
    checks: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    seconds: float = 30
    exhausts: bool = False
    beside: bool = False
    times: int = 1
    busy: int = 0
    before: str = ""
    refused: Any = None
    shown: tuple[str, ...] = ()
    proved_by: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return HERE / self.name

    @property
    def exercise(self) -> Exercise:
        return TARGETS[self.target]

    @property
    def statuses(self) -> dict[str, set[str]]:
        """What each check may end with, by id."""
        return {check.id: several(self.checks.get(check.id, "passed")) for check in self.exercise.checks}

    def files(self) -> dict[str, bytes]:
        """What is handed in, by name."""
        if (self.folder / "make.py").exists():
            return dict(runpy.run_path(str(self.folder / "make.py"))["FILES"])
        found = {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        found = {name: content for name, content in found.items() if name not in (*SAID, self.before)}
        if attack := found.pop("attack.py", None):
            found[self.exercise.main] = upon_solution(self.exercise, attack)
        if cells := found.pop("cells.py", None):
            found["task.ipynb"] = notebook(self.exercise, cells.decode())
        return found

    def first(self) -> dict[str, bytes]:
        """What somebody else hands in before, if anything."""
        return {self.exercise.main: (self.folder / self.before).read_bytes()} if self.before else {}


def several(wanted: Any) -> set[str]:
    return {wanted} if isinstance(wanted, str) else set(wanted)


@cache
def cases() -> dict[str, Case]:
    """Every folder that has a `case.toml`, by name. A key that nobody reads is a TypeError."""
    found = {path.parent.name: tomllib.loads(path.read_text()) for path in sorted(HERE.glob("*/case.toml"))}
    return {
        name: Case(name=name, **{key: tuple(one) if isinstance(one, list) else one for key, one in said.items()})
        for name, said in found.items()
    }


def named(kind: str) -> list[str]:
    """Names of cases that are `graded`, `busy` (graded on a busy machine), `refused` or `shown`."""
    chosen = {
        "graded": lambda case: case.target and case.refused is None and not case.busy,
        "busy": lambda case: case.busy,
        "refused": lambda case: case.refused is not None,
        "shown": lambda case: bool(case.shown),
    }
    return [name for name, case in cases().items() if chosen[kind](case)]


def upon_solution(exercise: Exercise, attack: bytes) -> bytes:
    """The reference solution, and behind it what the case does otherwise."""
    return exercise.solution()[exercise.main] + b"\n\n" + attack


def notebook(exercise: Exercise, marked: str) -> bytes:
    """The author's notebook solved, with the cells that `marked` names in place of its own: `# %% total` begins one.

    A name that no cell has is a cell of the learner's own, behind the one before it.
    """
    parts = re.split(r"^# %% *([\w-]+) *\n", marked, flags=re.MULTILINE)
    given = dict(zip(parts[1::2], (text.strip("\n") for text in parts[2::2]), strict=True))
    told = json.loads(exercise.notebook("en"))
    solved = {cell["id"]: cell["source"] for cell in json.loads(exercise.solution()["task.ipynb"])["cells"]}
    known = {cell["id"] for cell in told["cells"]}
    own: dict[str, list[tuple[str, str]]] = {}
    behind = ""
    for name, source in given.items():
        if name in known:
            behind = name
        else:
            own.setdefault(behind, []).append((name, source))

    def added(place: str) -> list[dict[str, Any]]:
        return [_code(name, source) for name, source in own.get(place, ())]

    cells = added("")
    for cell in told["cells"]:
        cells += [cell | {"source": given.get(cell["id"], solved.get(cell["id"], cell["source"]))}, *added(cell["id"])]
    return json.dumps(told | {"cells": cells}).encode()


def _code(id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "code", "id": id, "metadata": {}, "source": source, "execution_count": None, "outputs": []}
