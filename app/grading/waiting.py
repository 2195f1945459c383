"""How long it takes: the place in the queue, the seconds until the result, and what became of such promises."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.grading import queueing, rules
from app.grading.models import Served, State, Submission, Verdict

LEARNT_FROM = 100  # verdicts, for what a wait is expected to be
SHORTEST = 0.02  # seconds a slot is expected to be taken
WHAT = (Submission.kind, Submission.purpose, Submission.version_id, Submission.item)  # what takes alike


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a queued submission stands. `place` 1 is next; `seconds` are until its result, `eta` the same, whole."""

    place: int
    seconds: float

    @property
    def eta(self) -> int:
        return max(1, math.ceil(self.seconds))


def place_of(submission: Submission, *, slots: int, now: datetime) -> Place:
    """The honest place in the queue, by the order slots will be given. Three queries, whatever waits."""
    of_course, of_user = aliased(Served), aliased(Served)
    rows = db.session.execute(
        select(
            Submission.id,
            Submission.lane,
            Submission.course_id,
            Submission.user_id,
            of_course.served_at,
            of_user.served_at,
            *WHAT,
        )
        .outerjoin(of_course, and_(of_course.course_id == Submission.course_id, of_course.user_id.is_(None)))
        .outerjoin(of_user, and_(of_user.course_id == Submission.course_id, of_user.user_id == Submission.user_id))
        .where(Submission.state == State.QUEUED, Submission.lane <= submission.lane)
    ).all()
    expected = expected_seconds(slots=slots)
    turns = {
        id: rules.Turn(submission_id=id, user_id=user, seconds=expected(tuple(what)))
        for id, _lane, _course, user, _by_course, _by_user, *what in rows
    }
    order = list(
        rules.order(
            rules.Waiting(
                submission_id=id,
                lane=lane,
                course_id=course,
                user_id=user,
                course_served_at=by_course.timestamp() if by_course else 0.0,
                user_served_at=by_user.timestamp() if by_user else 0.0,
            )
            for id, lane, course, user, by_course, by_user, *_what in rows
        )
    )
    left = rules.seconds_left(
        submission.id, [turns[id] for id in order], running=_running(expected, now=now), slots=slots
    )
    return Place(place=order.index(submission.id) + 1 if submission.id in turns else 1, seconds=left)


def _running(expected: Callable[[tuple[object, ...]], float], *, now: datetime) -> list[rules.Turn]:
    """What runs now, with the seconds it still takes; what takes longer than expected may end at any moment."""
    rows = db.session.execute(
        select(Submission.id, Submission.user_id, Submission.started_at, *WHAT).where(Submission.state == State.RUNNING)
    )
    return [
        rules.Turn(
            submission_id=id,
            user_id=user,
            seconds=max(0.0, expected(tuple(what)) - ((now - started).total_seconds() if started else 0.0)),
        )
        for id, user, started, *what in rows
    ]


def expected_seconds(*, slots: int) -> Callable[[tuple[object, ...]], float]:
    """Seconds a slot is taken by what is graded (`WHAT`) until it is free for the next, learnt from the last hundred.

    Of an exercise nobody has handed in lately it is that of its kind, then of all. Quizzes take no slot.
    """
    recent = db.session.execute(
        select(Submission.submitted_at, Submission.started_at, Verdict.recorded_at, *WHAT)
        .join(Verdict, and_(Submission.verdict_id == Verdict.id, Submission.id == Verdict.submission_id))
        .where(Submission.started_at.is_not(None), Submission.kind != "quiz")
        .order_by(Verdict.id.desc())
        .limit(LEARNT_FROM)
    ).all()
    runs = []
    took: dict[tuple[object, ...], list[float]] = {}
    for submitted, started, recorded, *what in recent:
        assert started is not None  # the query asks for those
        runs.append(rules.Run(submitted_at=submitted, started_at=started, ended_at=recorded))
        for key in (tuple(what), tuple(what[:1]), ()):
            took.setdefault(key, []).append((recorded - started).total_seconds())
    between = rules.turnaround(runs, slots=slots)
    means = {key: max(SHORTEST, sum(each) / len(each) + between) for key, each in took.items()}

    def expected(what: tuple[object, ...]) -> float:
        return next((means[key] for key in (what, what[:1], ()) if key in means), rules.TYPICAL_SECONDS)

    return expected


def promise(submission: Submission, *, slots: int, now: datetime) -> None:
    """Remember what the learner is told of the wait, so that it can be held against what came."""
    if not queueing.grading_now(now=now).paused:
        submission.promised_seconds = place_of(submission, slots=slots, now=now).seconds


def promise_error() -> float | None:
    """The median error of the last two hundred promises, as a share of the wait; None while there are none."""
    kept = db.session.execute(
        select(Submission.promised_seconds, Submission.submitted_at, Verdict.recorded_at)
        .join(Verdict, and_(Submission.verdict_id == Verdict.id, Submission.id == Verdict.submission_id))
        .where(Submission.promised_seconds.is_not(None), Submission.failures == 0)
        .order_by(Verdict.id.desc())
        .limit(200)
    )
    errors = [
        rules.promise_error(told, (came - since).total_seconds()) for told, since, came in kept if told is not None
    ]
    return statistics.median(errors) if errors else None
