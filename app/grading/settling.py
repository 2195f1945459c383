"""A rejudge that was decided comes into force, learner by learner, each with all that it means for them.

Killed in the middle, it goes on with the next learner: nobody is settled twice or told twice.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db, hold
from app.grading import counting, rules, submitting
from app.grading.models import Rejudge, Rerun, Stage, State, Submission
from app.grading.seats import Seat
from app.learning.models import Enrolment
from app.learning.progress import standing_of
from app.notices.telling import tell
from graders.course import model as content

LEARNERS_AT_ONCE = 10  # in one transaction: who hands in meanwhile waits no longer than that


def settle_some(*, now: datetime) -> bool:
    """Put the new verdicts of the next few learners in force; False when nothing is left to do."""
    deciding = select(Rejudge).where(Rejudge.stage == Stage.APPLYING).order_by(Rejudge.id).limit(1)
    rejudge = db.session.scalar(deciding.with_for_update(skip_locked=True))
    if rejudge is None:
        return False
    learners = db.session.scalars(
        select(Submission.enrolment_id)
        .join(Rerun, Rerun.submission_id == Submission.id)
        .where(Rerun.rejudge_id == rejudge.id, Rerun.settled_at.is_(None))
        .distinct()
        .order_by(Submission.enrolment_id)
        .limit(LEARNERS_AT_ONCE)
    ).all()
    for enrolment_id in learners:
        _settle(rejudge, db.session.get_one(Enrolment, enrolment_id), now=now)
    if not learners:
        rejudge.stage, rejudge.ended_at = Stage.APPLIED, now
    db.session.flush()
    return True


def _settle(rejudge: Rejudge, enrolment: Enrolment, *, now: datetime) -> None:
    """All of one learner: the verdicts, which attempt counts with them, and what the learner is told."""
    mine = (
        select(Rerun)
        .join(Submission, Rerun.submission_id == Submission.id)
        .where(Rerun.rejudge_id == rejudge.id, Rerun.settled_at.is_(None), Submission.enrolment_id == enrolment.id)
        .order_by(Rerun.id)
        .with_for_update(of=Submission)
    )
    reruns = db.session.scalars(mine).all()
    hold(enrolment)  # after the submissions, as recording does
    seat = Seat(user=enrolment.user, version=enrolment.version, enrolment=enrolment)
    item = seat.course.item(reruns[0].submission.item)
    before = _result(seat, item)
    first = [rerun for rerun in reruns if _take(rerun, now=now)]
    db.session.flush()
    if not isinstance(item, content.Exercise):
        return
    counting.settle(seat, item, now=now)
    db.session.flush()
    after = _result(seat, item)
    if first or abs(before[0] - after[0]) > rules.EQUAL or before[1] != after[1]:
        _tell(rejudge, seat, item, reruns[-1].submission, before=before[0], after=after[0], now=now)


def _take(rerun: Rerun, *, now: datetime) -> bool:
    """Put the new verdict in force where that is wanted. True when it is the first the submission ever got."""
    submission, made = rerun.submission, rerun.run.verdict if rerun.run else None
    former, rerun.settled_at = submission.verdict, now
    if made is None or submission.state not in (State.GRADED, State.QUARANTINED):
        return False
    if rerun.rejudge.never_lower and former is not None and made.points < former.points - rules.EQUAL:
        return False
    rerun.before_id = made.supersedes_id = former.id if former else None
    submission.verdict, submission.state, rerun.taken = made, State.GRADED, True
    return former is None


def _result(seat: Seat, item: content.Item | None) -> tuple[float, bool]:
    """What counts now: points, and whether it is done."""
    row = submitting.progress_row(seat, item.key) if item is not None else None
    if row is None:
        return 0.0, False
    standing = standing_of(row)
    return standing.points, standing.done


def _tell(
    rejudge: Rejudge,
    seat: Seat,
    item: content.Exercise,
    submission: Submission,
    *,
    before: float,
    after: float,
    now: datetime,
) -> None:
    reader, enrolment = seat.user, seat.enrolment
    if reader.closed_at is not None or enrolment is None:
        return
    tell(
        reader.id,
        reader.address,
        reader.language,
        "rejudged",
        {
            "title": item.title.get(reader.language),
            "reason": rejudge.reason,
            "before": before,
            "points": after,
            "most": item.max_points,
            "finished": enrolment.completed_at is not None,
            "submission": submission.id,
        },
        key=f"rejudged:{rejudge.id}:{enrolment.id}",
        now=now,
    )
