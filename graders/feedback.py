"""What a learner may see of a check. One place decides, and what it does not name stays unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graders.verdict import CheckResult, Feedback, Languages, Status

OVER_LIMITS = (Status.TIMED_OUT, Status.OUT_OF_MEMORY, Status.OUTPUT_LIMIT)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A check as a learner sees it. A hidden one says passed | failed | over_limits | waiting, and no more."""

    id: str
    title: Languages
    points: float
    earned: float
    status: str
    hidden: bool
    hint: Languages
    seconds: float | None
    feedback: Feedback


def shown(result: CheckResult, *, done: bool) -> Shown:
    """What may be shown of `result`; `done` says that every check of the submission is finished."""
    if not result.hidden:
        return Shown(
            id=result.id, title=result.title, points=result.points, earned=result.earned, status=result.status.value,
            hidden=False, hint=result.hint if result.status is not Status.PASSED else {}, seconds=result.seconds,
            feedback=result.feedback,
        )  # fmt: skip
    status, earned = "waiting", 0.0  # hidden ones appear together: when each ends would tell what it met
    if done:
        passed = result.status is Status.PASSED
        status = "passed" if passed else "over_limits" if result.status in OVER_LIMITS else "failed"
        earned = result.earned
    return Shown(
        id=result.id, title=result.title, points=result.points, earned=earned, status=status, hidden=True,
        hint=result.hint if status in ("failed", "over_limits") else {}, seconds=None, feedback=Feedback(),
    )  # fmt: skip


def shown_checks(results: Sequence[CheckResult], *, order: Sequence[str], done: bool) -> list[Shown]:
    """All `results` in the author's `order` (ids), hidden ones among them only when all is `done`."""
    places = {id: place for place, id in enumerate(order)}
    seen = [shown(result, done=done) for result in results if done or not result.hidden]
    return sorted(seen, key=lambda one: places.get(one.id, len(places)))
