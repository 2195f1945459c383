"""What an instructor may change by hand, always with a reason and always in the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app import audit
from app.accounts.models import User
from app.db import db, hold
from app.errors import Refused
from app.grading import queueing
from app.grading.models import State, Submission
from app.grading.seats import Seat
from app.learning import progress
from app.learning.models import Enrolment, ItemProgress
from app.learning.rules import is_passed
from app.notices.telling import tell
from graders.course import Exercise, Quiz

MOST_REASON = 500


def reset_attempts(seat: Seat, item: Exercise | Quiz, *, reason: str, by: User, now: datetime) -> None:
    """Attempts made so far do not count as used; what they earned stays."""
    row = _row(seat, item, now=now)
    row.attempts_reset_at = now
    _note("attempts_reset", row, reason=_given(reason), by=by, now=now)
    _tell("attempts", row, item, reason=reason, by=by, now=now)


def excuse(seat: Seat, item: Exercise | Quiz, *, reason: str, by: User, now: datetime) -> None:
    """The item no longer counts for this learner, neither as required nor by its points."""
    row = _row(seat, item, now=now)
    row.excused_at, row.excused_by, row.excused_reason = now, by.id, _given(reason)
    _note("item_excused", row, reason=reason, by=by, now=now)
    _tell("excused", row, item, reason=reason, by=by, now=now)
    progress.settle(row.enrolment, now=now)


def unexcuse(seat: Seat, item: Exercise | Quiz, *, by: User, now: datetime) -> None:
    """It counts again."""
    row = _row(seat, item, now=now)
    row.excused_at = row.excused_by = None
    row.excused_reason = ""
    _note("item_unexcused", row, reason="", by=by, now=now)


def set_points(seat: Seat, item: Exercise | Quiz, points: float, *, reason: str, by: User, now: datetime) -> None:
    """What counts is set by hand; graded points are kept beside it. Raises Refused outside 0…the item's points."""
    if not 0 <= points <= item.max_points:
        raise Refused(_("Points lie between 0 and %(most)s.", most=item.max_points), field="points")
    row = _row(seat, item, now=now)
    before = row.set_points
    row.set_points, row.set_reason, row.set_by, row.set_at = points, _given(reason), by.id, now
    row.max_points = row.max_points or item.max_points
    if is_passed(item, points) and row.done_at is None:
        row.done_at = now
    _note("points_set", row, reason=reason, by=by, now=now, points=points, before=before)
    _tell("points", row, item, reason=reason, by=by, now=now, points=points)
    progress.settle(row.enrolment, now=now)


def clear_points(seat: Seat, item: Exercise | Quiz, *, reason: str, by: User, now: datetime) -> None:
    """What was graded counts again."""
    row = _row(seat, item, now=now)
    before = row.set_points
    row.set_points = row.set_by = row.set_at = None
    row.set_reason = ""
    _note("points_cleared", row, reason=_given(reason), by=by, now=now, before=before)


def grade_again(submission: Submission, *, by: User, now: datetime) -> None:
    """Put what we could not grade back into the queue. Raises Refused for anything else."""
    hold(submission)
    if submission.state != State.QUARANTINED:
        raise Refused(_("Only a submission that could not be graded is put back into the queue."))
    queueing.put_back(submission)
    audit.record("submission_put_back", actor_id=by.id, now=now, subject_type="submission", subject_id=submission.id)


def _row(seat: Seat, item: Exercise | Quiz, *, now: datetime) -> ItemProgress:
    return progress.item_row(_enrolment(seat), item.key, now=now)


def _enrolment(seat: Seat) -> Enrolment:
    if seat.enrolment is None:
        raise Refused(_("This was handed in by an author walking through a draft; nothing of it counts."))
    return seat.enrolment


def _given(reason: str) -> str:
    """Raises Refused when no reason is given: the learner may ask for it."""
    if not reason.strip():
        raise Refused(_("Give a reason: the learner may ask for it."), field="reason")
    return reason.strip()[:MOST_REASON]


def _tell(
    what: str,
    row: ItemProgress,
    item: Exercise | Quiz,
    *,
    reason: str,
    by: User,
    now: datetime,
    points: float | None = None,
) -> None:
    """The learner hears what was decided, why and by whom."""
    reader = row.enrolment.user
    params = {
        "what": what,
        "title": item.title.get(reader.language),
        "points": points,
        "most": item.max_points,
        "reason": reason.strip()[:MOST_REASON],
        "by": by.name,
        "enrolment_id": row.enrolment_id,
    }
    key = f"reviewed:{what}:{row.id}:{now.isoformat()}"
    tell(reader.id, reader.address, reader.language, "reviewed", params, key=key, now=now)


def _note(act: str, row: ItemProgress, *, reason: str, by: User, now: datetime, **details: Any) -> None:
    db.session.flush()
    audit.record(
        act,
        actor_id=by.id,
        now=now,
        subject_type="enrolment",
        subject_id=row.enrolment_id,
        item=row.item,
        reason=reason.strip()[:MOST_REASON],
        **details,
    )
