"""A case that is not met is seen: each expectation of each case is broken once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from graders.verdict import CheckResult, Outcome, Phases, Provenance, Purpose, Status, Verdict
from tests.grading.rows import NOW
from tests.hostile.cases import MARKERS, Case, cases, named
from tests.hostile.house import Seen
from tests.hostile.visiting import judge


def as_expected(case: Case) -> Seen:
    """What the case's folder says, as if it had come from grading."""
    checks = tuple(
        CheckResult(id=id, title={}, points=1, earned=0, status=Status(min(wanted)), hidden=False)
        for id, wanted in case.statuses.items()
    )
    made = Provenance(exercise="d", image={}, seconds=1, memory="small", seed=1, phases=Phases(started=NOW))
    verdict = Verdict(
        purpose=Purpose.SUBMIT, status=Outcome.PARTLY, points=case.points, max_points=10, checks=checks,
        flags=tuple(case.flags), provenance=made,
    )  # fmt: skip
    return Seen(id=1, verdict=verdict, bytes={"/": b"a page"}, seconds=case.seconds)


def another_status(case: Case, seen: Seen, at: int) -> Seen:
    check = seen.verdict.checks[at]
    other = next(status for status in Status if status.value not in case.statuses[check.id])
    checks = list(seen.verdict.checks)
    checks[at] = replace(check, status=other)
    return replace(seen, verdict=replace(seen.verdict, checks=tuple(checks)))


def broken(case: Case) -> dict[str, Seen]:
    """Each with one thing otherwise."""
    seen = as_expected(case)
    found = {
        "more points": replace(seen, verdict=replace(seen.verdict, points=case.points + 0.5)),
        "less points": replace(seen, verdict=replace(seen.verdict, points=case.points - 0.5)),
        "another flag": replace(seen, verdict=replace(seen.verdict, flags=(*case.flags, "odd"))),
        "no end": replace(seen, seconds=case.seconds + 5.1),
    }
    for number in range(len(seen.verdict.checks)):
        found[f"status {number}"] = another_status(case, seen, number)
    for word in (*MARKERS, *case.absent):
        found[f"shown: {word}"] = replace(seen, bytes={"/": b"a page", "/submissions/1": f"… {word} …".encode()})
    if case.flags:
        found["no flag"] = replace(seen, verdict=replace(seen.verdict, flags=()))
    return found


@pytest.mark.parametrize("name", [*named("graded"), *named("busy")])
def test_whatever_is_not_as_a_case_says_is_an_error(name: str) -> None:
    case = cases()[name]
    judge(case, as_expected(case))
    for seen in broken(case).values():
        with pytest.raises(AssertionError):
            judge(case, seen)


def test_a_case_that_speaks_of_a_check_that_is_not_there_is_an_error() -> None:
    case = replace(cases()["F01"], checks={"sqare": "failed"})
    with pytest.raises(AssertionError, match="does not have"):
        judge(case, as_expected(cases()["F01"]))


def test_a_key_that_nobody_reads_is_an_error() -> None:
    made: Callable[..., Any] = Case
    with pytest.raises(TypeError):
        made(name="x", what="x", target="tools", pionts=1)
