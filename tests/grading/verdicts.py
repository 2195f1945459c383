"""Verdicts as a worker would record them, without one: with words that only staff may ever see."""

from __future__ import annotations

from datetime import datetime

from app.db import db
from app.grading import queueing, recording
from app.grading.models import Submission
from graders.course import Check, Exercise
from graders.verdict import (
    CheckResult,
    Feedback,
    Note,
    Outcome,
    Phases,
    Provenance,
    Purpose,
    Started,
    Status,
    Verdict,
)
from tests.grading.rows import NOW

SECRET = "Z9-hidden-marker"
OPEN = "Q7-open-marker"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def feedback(word: str) -> Feedback:
    """Everything a check can have seen, with `word` in all of it."""
    return Feedback(
        call=f"call {word}",
        expected=f"expected {word}",
        got=f"got {word}",
        difference=(("same", word), ("expected", word), ("got", word)),
        notes=(Note(key="satisfies.note", params={"note": word}),),
        stdout=f"printed {word}",
        stderr=f"stderr {word}",
        trace=((f"{word}.py", 1, word),),
        error=f"Error: {word}",
        plots=(PNG,),
    )


def result_of(check: Check, status: Status) -> CheckResult:
    return CheckResult(
        id=check.id,
        title=dict(check.title),
        points=check.points,
        earned=check.points if status is Status.PASSED else 0,
        status=status,
        hidden=check.hidden,
        hint=dict(check.hint),
        seconds=0.25,
        feedback=feedback(SECRET if check.hidden else OPEN),
    )


def results(exercise: Exercise, purpose: str = "submit", *, right: bool = False) -> list[CheckResult]:
    """Open checks fail with all they saw, hidden ones time out; or all pass."""
    checks = exercise.open_checks if purpose == "check" else exercise.checks
    return [
        result_of(check, Status.PASSED if right else Status.TIMED_OUT if check.hidden else Status.FAILED)
        for check in sorted(checks, key=lambda check: check.hidden)
    ]


def verdict_of(exercise: Exercise, purpose: str, given: list[CheckResult]) -> Verdict:
    points = sum(one.earned for one in given)
    most = sum(one.points for one in given)
    return Verdict(
        purpose=Purpose(purpose),
        status=Outcome.PASSED if points == most else Outcome.PARTLY if points else Outcome.FAILED,
        points=points,
        max_points=most,
        checks=tuple(given),
        provenance=Provenance(
            exercise=exercise.digest,
            image={"recipe": "r", "id": "i"},
            seconds=2,
            memory="small",
            seed=1,
            phases=Phases(started=NOW),
        ),
    )


def begun(submission: Submission, exercise: Exercise, *, now: datetime = NOW) -> queueing.Claim:
    """Claimed (with everything else that waits out of the way), started, one row for each finished check to come."""
    claim = queueing.claim("test", now=now)
    assert claim is not None
    assert claim.submission_id == submission.id
    recording.record(claim, Started(checks=tuple(check.id for check in exercise.checks)), now=now)
    return claim


def grade(submission: Submission, exercise: Exercise, *, right: bool = False, now: datetime = NOW) -> None:
    """A whole run: each check, then the verdict, committed."""
    claim = begun(submission, exercise, now=now)
    given = results(exercise, submission.purpose, right=right)
    for one in given:
        recording.record(claim, one, now=now)
    recording.record(claim, verdict_of(exercise, submission.purpose, given), now=now)
    db.session.commit()
