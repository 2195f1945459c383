"""Submissions that forge, kill, exhaust, escape and leak, and odd ones that are honest: each is a folder here.

A case's folder holds what is handed in (as files, or as `FILES` of a `make.py`) and `case.toml`:

    what = "…"                          one line
    target = "tools"                    of targets/
    points = 6
    checks = { square = "failed" }      a status, or several that will do; a check that is not named passes
    flags = ["tampered"]                of the verdict, besides `restarted`; none if left out
    absent = ["100/100"]                what no learner is shown, besides the markers of all targets
    seconds = 30                        of wall time at most, besides waiting for a container
    exhausts = true                     it kills or uses up: the sandbox is looked at at once, not only every fifth time
    before = "first.py"                 handed in before, by somebody else
    refused = "zip.overlap"             instead of being graded: the key, or keys, of an upload's refusal
"""

from __future__ import annotations

import runpy
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from graders.uploads import Refusal, read_upload
from sandbox.engine import Engine
from tests.hostile.house import HERE, MARKERS, TARGETS, House, graded, verdict, visible

ALL = {path.parent.name: tomllib.loads(path.read_text()) for path in sorted(HERE.glob("*/case.toml"))}
CASES = {name: case for name, case in ALL.items() if "target" in case}  # V01: test_pages.py, S03: test_engine_away.py
UPLOADS = [name for name, case in CASES.items() if "refused" in case]
GRADED = [name for name in CASES if name not in UPLOADS]
KEYS = {"what", "target", "points", "checks", "flags", "absent", "seconds", "exhausts", "before", "refused"}


def files(folder: Path) -> dict[str, bytes]:
    """What a case hands in, by name."""
    if (folder / "make.py").exists():
        return dict(runpy.run_path(str(folder / "make.py"))["FILES"])
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "case.toml"}


def several(wanted: Any) -> set[str]:
    return {wanted} if isinstance(wanted, str) else set(wanted)


@pytest.mark.docker
@pytest.mark.parametrize("name", GRADED)
def test_a_submission_gets_what_it_deserves_and_spoils_nothing(name: str, house: House, engine: Engine) -> None:
    case, exercise = CASES[name], TARGETS[CASES[name]["target"]]
    handed_in = files(HERE / name)
    if before := handed_in.pop(case.get("before", ""), None):
        graded(exercise, {exercise.main: before}, house)
    answer = read_upload(exercise, handed_in)
    began, waited = time.monotonic(), house.waited
    events = graded(exercise, answer, house)
    took = time.monotonic() - began - (house.waited - waited)
    last = verdict(events)

    wanted = {check.id: several(case.get("checks", {}).get(check.id, "passed")) for check in exercise.checks}
    assert case.get("checks", {}).keys() <= wanted.keys()
    statuses = {check.id: check.status.value for check in last.checks}
    assert not {id: status for id, status in statuses.items() if status not in wanted[id]}, (statuses, last.checks)
    assert last.points == case["points"]
    assert set(last.flags) - {"restarted"} == set(case.get("flags", ()))
    shown = visible(exercise, events)
    assert not [marker for marker in (*MARKERS, *case.get("absent", ())) if marker in shown]
    assert took <= case.get("seconds", 30)

    house.graded += 1
    if case.get("exhausts") or house.graded % 5 == 0:
        house.look(engine)


@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_is_refused_by_name(name: str) -> None:
    case = CASES[name]
    began = time.monotonic()
    for upload, content in files(HERE / name).items():
        with pytest.raises(Refusal) as refused:
            read_upload(TARGETS[case["target"]], {upload: content})
        assert refused.value.key in several(case["refused"]), upload
        assert str(refused.value).isprintable()
    assert time.monotonic() - began <= case["seconds"]


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_nothing_that_nobody_reads(name: str) -> None:
    assert CASES[name].keys() <= KEYS
    assert CASES[name]["what"] and CASES[name]["target"] in TARGETS
