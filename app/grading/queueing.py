"""The queue is rows: claiming under a lease, keeping it, giving back, and how long it takes."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    nulls_first,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.dml import ReturningUpdate

from app.catalogue.models import CourseVersion
from app.db import UtcDateTime, db, one_at_a_time
from app.grading import beating, rules
from app.grading.models import CheckRow, Lane, Purpose, Served, State, Submission, Verdict, WorkerState

TRIES_KEPT = timedelta(days=30)  # runs and checks are nobody's attempt


class LeaseLost(Exception):
    """Somebody else took the submission over; what was found out is dropped."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A submission this worker may record of, as long as nobody took it back."""

    submission_id: int
    token: str


@dataclass(frozen=True, kw_only=True)
class Grading:
    """Whether anything is graded now; `reason` is the worker's own word for staff."""

    paused: bool
    reason: str = ""


def claim(name: str, *, rejudges: bool = True, now: datetime) -> Claim | None:
    """Lease the next queued submission to the worker `name`, if there is one; without `rejudges` none of their lane.

    Next is, within the first lane, the course served longest ago, in it the learner served longest ago, then the oldest
    row; of a learner one runs at a time. What is graded again neither holds its learner up nor takes a turn.
    """
    one_at_a_time("claiming")  # else two workers at once could not see that they take two of the same learner
    token = secrets.token_urlsafe(18)
    leased = {"at": now, "by": name, "lease": token, "until": now + rules.LEASE}
    taken = db.session.execute(_taking_next(rejudges), leased).first()
    if taken is None:
        return None
    for user_id in (None, taken.user_id) if taken.lane != Lane.REJUDGE else ():
        _note_served(taken.course_id, user_id, now=now)
    return Claim(submission_id=taken.id, token=token)


@cache
def _taking_next(rejudges: bool) -> ReturningUpdate[int, int, int, str]:
    """The statement of `claim`, made once: making it takes longer than carrying it out, and learners wait for it."""
    of_course, of_user, running = aliased(Served), aliased(Served), aliased(Submission)
    now = bindparam("at", type_=UtcDateTime())
    following = (
        select(Submission.id)
        .outerjoin(of_course, and_(of_course.course_id == Submission.course_id, of_course.user_id.is_(None)))
        .outerjoin(of_user, and_(of_user.course_id == Submission.course_id, of_user.user_id == Submission.user_id))
        .where(
            Submission.state == State.QUEUED,
            or_(Submission.not_before.is_(None), Submission.not_before <= now),
            Submission.lane <= (Lane.REJUDGE if rejudges else Lane.AUTHORS),
            or_(
                Submission.lane == Lane.REJUDGE,
                ~exists(
                    select(running.id).where(
                        running.user_id == Submission.user_id,
                        running.state == State.RUNNING,
                        running.lane != Lane.REJUDGE,
                    )
                ),
            ),
        )
        .order_by(
            Submission.lane,
            nulls_first(of_course.served_at),
            nulls_first(of_user.served_at),
            Submission.submitted_at,
            Submission.id,
        )
        .limit(1)
        .with_for_update(of=Submission, skip_locked=True)
    )
    return (
        update(Submission)
        .where(Submission.id == following.scalar_subquery(), Submission.state == State.QUEUED)
        .values(
            state=State.RUNNING,
            lease_token=bindparam("lease"),
            lease_until=bindparam("until"),
            leased_by=bindparam("by"),
            started_at=now,
            checks_done=0,
        )
        .returning(Submission.id, Submission.course_id, Submission.user_id, Submission.lane)
        .execution_options(synchronize_session=False)
    )


def _note_served(course_id: int, user_id: int | None, *, now: datetime) -> None:
    same = and_(
        Served.course_id == course_id, Served.user_id.is_(None) if user_id is None else Served.user_id == user_id
    )
    if not db.session.scalars(update(Served).where(same).values(served_at=now).returning(Served.id)).all():
        db.session.add(Served(course_id=course_id, user_id=user_id, served_at=now))
        db.session.flush()


_HELD = (
    select(Submission)
    .where(
        Submission.id == bindparam("submission"),
        Submission.lease_token == bindparam("lease"),
        Submission.state == State.RUNNING,
    )
    .options(
        joinedload(Submission.user),
        joinedload(Submission.enrolment),
        joinedload(Submission.version).joinedload(CourseVersion.course),
    )
    .with_for_update(of=Submission)
    .execution_options(populate_existing=True)
)


def held(claim: Claim) -> Submission:
    """The submission, locked for the rest of the transaction. Raises LeaseLost when it is no longer ours."""
    submission = db.session.scalar(_HELD, {"submission": claim.submission_id, "lease": claim.token})
    if submission is None:
        raise LeaseLost(claim.submission_id)
    return submission


def renew(tokens: Collection[str], *, now: datetime) -> None:
    """Prolong the leases of what this worker is grading."""
    db.session.execute(
        update(Submission)
        .where(Submission.lease_token.in_(tokens), Submission.state == State.RUNNING)
        .values(lease_until=now + rules.LEASE)
        .execution_options(synchronize_session=False)
    )


def give_back(submission: Submission, reason: str, *, counts: bool, now: datetime) -> None:
    """Put a running submission back, or, after three failures that count, aside for staff. Never a learner's zero."""
    submission.failures += 1 if counts else 0
    submission.last_failure = reason[:500]
    submission.lease_token = submission.lease_until = submission.leased_by = submission.started_at = None
    submission.checks_done = 0
    if submission.failures >= rules.MAX_FAILURES:
        submission.state = State.QUARANTINED
    else:
        submission.state = State.QUEUED
        submission.not_before = now + rules.backoff(submission.failures)
    db.session.flush()
    db.session.execute(delete(CheckRow).where(CheckRow.submission_id == submission.id))


def set_aside(submission: Submission, reason: str, *, now: datetime) -> None:
    """Grading it again would not help (the author's checks broke): aside at once, for staff."""
    submission.failures = rules.MAX_FAILURES
    give_back(submission, reason, counts=False, now=now)


def put_back(submission: Submission) -> None:
    """Staff let a quarantined submission be tried again."""
    submission.state, submission.failures, submission.not_before = State.QUEUED, 0, None


def take_back(name: str, *, counts: bool = True, now: datetime) -> int:
    """A worker that starts gives back what its dead self was grading; how many. A clean stop counts against nobody."""
    return _return_all(Submission.leased_by == name, "the worker stopped while grading", counts=counts, now=now)


def sweep(*, now: datetime) -> int:
    """Give back what a worker stopped renewing; how many."""
    return _return_all(Submission.lease_until < now, "the lease ran out", counts=True, now=now)


def _return_all(criterion: ColumnElement[bool], reason: str, *, counts: bool, now: datetime) -> int:
    running = (
        select(Submission)
        .where(Submission.state == State.RUNNING, criterion)
        .with_for_update(skip_locked=True)  # what its worker is recording at this moment is not lost
        .execution_options(populate_existing=True)
    )
    lost = db.session.scalars(running).all()
    for submission in lost:
        give_back(submission, reason, counts=counts, now=now)
    return len(lost)


def forget_tries(*, now: datetime) -> None:
    """Delete runs and checks older than 30 days, with what was said of them."""
    # Written out, not as parameters: only so the planners see that the index of tries has all of them.
    tries: BindParameter[list[str]] = bindparam(
        "tries", [str(Purpose.RUN), str(Purpose.CHECK)], expanding=True, literal_execute=True
    )
    old = select(Submission.id).where(
        Submission.purpose.in_(tries),
        Submission.submitted_at < now - TRIES_KEPT,
        Submission.state.not_in([State.QUEUED, State.RUNNING]),
    )
    ids = list(db.session.scalars(old.order_by(Submission.submitted_at).limit(500)))  # in the order of the index
    if not ids:
        return
    db.session.execute(update(Submission).where(Submission.id.in_(ids)).values(verdict_id=None))
    db.session.execute(delete(CheckRow).where(CheckRow.submission_id.in_(ids)))
    db.session.execute(delete(Verdict).where(Verdict.submission_id.in_(ids)))
    db.session.execute(delete(Submission).where(Submission.id.in_(ids)))


def grading_now(*, now: datetime) -> Grading:
    """Whether a worker is alive and has a sandbox."""
    states = db.session.scalars(select(WorkerState).where(WorkerState.beat_at > now - beating.LOST)).all()
    if any(state.grading for state in states):
        return Grading(paused=False)
    reason = next((str(state.report.get("reason", "")) for state in states), "no worker is running")
    return Grading(paused=True, reason=reason)


def counts_by_state() -> dict[str, int]:
    """How many wait, run and lie in quarantine, for the page of staff."""
    rows = db.session.execute(
        select(Submission.state, func.count())
        .where(Submission.state.in_([State.QUEUED, State.RUNNING, State.QUARANTINED]))
        .group_by(Submission.state)
    )
    return {row.state: row[1] for row in rows}
