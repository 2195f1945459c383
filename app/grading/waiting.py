"""How long it takes: the place in the queue, the seconds until the result, and what became of such promises."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.grading import queueing, rules
from app.grading.models import Served, State, Submission, Verdict

LEARNT_FROM = 100  # verdicts, for what a wait is expected to be
LOOKED_AT = 300  # of the latest verdicts, to find those: never through all there are
LONG = 500  # rows in the queue from which on places are kept: a second for every so many
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


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The places of all that wait in a lane or before it, by id, as they were at `at` (seconds of a clock)."""

    places: dict[int, Place]
    at: float

    def place_of(self, id: int, *, now: float) -> Place | None:
        """None where it has to be worked out again. What just came to a long queue is told its end at first."""
        age, kept_for = now - self.at, len(self.places) // LONG
        if age >= kept_for:
            return None
        known = self.places.get(id)
        if known is None and age < kept_for / 4:
            known = Place(place=len(self.places) + 1, seconds=max(one.seconds for one in self.places.values()))
        return known and replace(known, seconds=max(SHORTEST, known.seconds - age))


def place_of(submission: Submission, *, slots: int, now: datetime) -> Place:
    """The honest place in the queue, by the order slots will be given. Three queries, whatever waits.

    With thousands in the queue thousands ask: it is worked out for all at once, and kept for a few seconds.
    """
    kept: dict[str, Forecast] = current_app.extensions.setdefault("bilik.forecasts", {})
    lane, clock = submission.lane, time.monotonic()
    known = kept[lane].place_of(submission.id, now=clock) if lane in kept else None
    if known is None:
        if lane in kept:
            kept[lane] = replace(kept[lane], at=clock)  # who asks meanwhile does not do it, too
        kept[lane] = Forecast(places=_places(lane, slots=slots, now=now), at=time.monotonic())
        known = kept[lane].places.get(submission.id)
    return known or Place(place=1, seconds=SHORTEST)  # it waits no more


def _places(lane: str, *, slots: int, now: datetime) -> dict[int, Place]:
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
        .where(Submission.state == State.QUEUED, Submission.lane <= lane)
    ).all()
    expected = expected_seconds()
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
    ends = rules.ends([turns[id] for id in order], running=_running(expected, now=now), slots=slots)
    return {id: Place(place=place, seconds=ends[id]) for place, id in enumerate(order, 1)}


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


def expected_seconds() -> Callable[[tuple[object, ...]], float]:
    """Seconds a slot is taken by what is graded (`WHAT`) until it is free for the next, learnt from the last hundred.

    Of an exercise nobody has handed in lately it is that of its kind, then of all. Quizzes take no slot.
    """
    recent = db.session.execute(
        _latest_graded(Submission.submitted_at, Submission.started_at, *WHAT)
        .where(Submission.started_at.is_not(None), Submission.kind != "quiz")
        .limit(LEARNT_FROM)
    ).all()
    runs = []
    took: dict[tuple[object, ...], list[float]] = {}
    for recorded, submitted, started, *what in recent:
        assert started is not None  # the query asks for those
        runs.append(rules.Run(submitted_at=submitted, started_at=started, ended_at=recorded))
        for key in (tuple(what), tuple(what[:1]), ()):
            took.setdefault(key, []).append((recorded - started).total_seconds())
    between = rules.turnaround(runs)
    means = {key: max(SHORTEST, sum(each) / len(each) + between) for key, each in took.items()}

    def expected(what: tuple[object, ...]) -> float:
        return next((means[key] for key in (what, what[:1], ()) if key in means), rules.TYPICAL_SECONDS)

    return expected


def _latest_graded(*columns: Any) -> Select[Any]:
    """(when its verdict was recorded, `columns`) of what was graded last, the latest first."""
    latest = (
        select(Verdict.id, Verdict.submission_id, Verdict.recorded_at)
        .order_by(Verdict.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    in_force = and_(Submission.id == latest.c.submission_id, Submission.verdict_id == latest.c.id)
    return select(latest.c.recorded_at, *columns).join(Submission, in_force).order_by(latest.c.id.desc())


def promise(submission: Submission, *, slots: int, now: datetime) -> None:
    """Remember what the learner is told of the wait, so that it can be held against what came."""
    if not queueing.grading_now(now=now).paused:
        submission.promised_seconds = place_of(submission, slots=slots, now=now).seconds


def promise_error() -> float | None:
    """The median error of the last two hundred promises, as a share of the wait; None while there are none."""
    kept = db.session.execute(
        _latest_graded(Submission.promised_seconds, Submission.submitted_at)
        .where(Submission.promised_seconds.is_not(None), Submission.failures == 0)
        .limit(200)
    )
    errors = [rules.promise_error(told, (came - since).total_seconds()) for came, told, since in kept]
    return statistics.median(errors) if errors else None
