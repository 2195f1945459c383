"""One case comes to the house, and gets what it deserves."""

from __future__ import annotations

from graders.uploads import read_upload
from tests.hostile.cases import MARKERS, TARGETS, Case
from tests.hostile.house import House, Seen

EVERY = 5  # cases between two looks at the house


def visit(house: House, case: Case) -> None:
    """Grade the case as its folder says, judge what came of it, and look at the house when it is time."""
    if case.before:
        house.graded(case.target, read_upload(case.exercise, case.first()), fetch=False)
    answer = read_upload(case.exercise, case.files())
    for time in range(case.times):
        beside = (lambda: somebody_else(house)) if case.beside else None
        seen = house.graded(case.target, answer, fetch=time == 0, beside=beside)
        judge(case, seen)
    if house.counted() % EVERY == 0 or case.exhausts:
        house.look()


def judge(case: Case, seen: Seen) -> None:
    """Statuses, points, flags and time are as the case says, and nothing that is hidden was ever given away."""
    wanted, checks = case.statuses, seen.verdict.checks
    assert set(case.checks) <= set(wanted), f"{case.name} speaks of a check that {case.target} does not have"
    odd = {one.id: one for one in checks if one.status.value not in wanted[one.id]}
    assert not odd, ({one.id: one.status.value for one in checks}, odd)
    assert seen.verdict.points == case.points, {one.id: one.earned for one in checks}
    assert set(seen.verdict.flags) - {"restarted"} == set(case.flags), seen.verdict.flags
    leaked = seen.holding(*MARKERS)
    assert not leaked, leaked
    shown = [
        (at, word) for at, word in seen.holding(*case.absent) if "/files/" not in at
    ]  # own files come back as they are
    assert not shown, shown
    assert seen.seconds <= case.seconds + 5, seen.seconds


def somebody_else(house: House) -> None:
    """A right answer that comes while the case is at work is right."""
    tools = TARGETS["tools"]
    seen = house.graded("tools", tools.solution(), fetch=False)
    assert seen.verdict.points == tools.max_points, [(one.id, one.status.value) for one in seen.verdict.checks]
