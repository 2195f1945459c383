"""Who was at a meeting: marked by the trainer in a list or by the learner's own phone; what it means for the course.

Of several marks the one that was made last wins, whenever it arrives: a phone may have been without a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.accounts.models import User
from app.db import db, hold
from app.errors import Refused
from app.learning import progress
from app.learning.models import Enrolment
from app.training.models import Attendance, Booking, Meeting, State, Training

EARLY = timedelta(hours=1)  # before a meeting begins, people come in


def mark(meeting: Meeting, booking: Booking, present: bool, *, how: str, at: datetime, by: User, now: datetime) -> None:
    """Note whether somebody is there, said at `at`. Again is harmless; older than the mark that stands is passed over.

    `how` is "list" or "code". Raises Refused before people come in, for a cancelled training, for who has no seat.
    """
    training = db.session.get_one(Training, meeting.training_id)
    hold(training)
    db.session.refresh(booking)
    if training.cancelled_at is not None:
        raise Refused(_("This training is cancelled."))
    if now < meeting.starts_at - EARLY:
        raise Refused(_("Attendance is marked from an hour before the meeting."))
    if booking.training_id != training.id or booking.state != State.BOOKED:
        raise Refused(_("Only who has a seat can be marked."))
    at = min(at, now)  # a clock that goes ahead does not outdo later marks
    row = _row(meeting.id, booking.id)
    if row is None:
        row = Attendance(meeting_id=meeting.id, booking_id=booking.id)
        db.session.add(row)
    elif row.marked_at >= at or (how == "code" and row.present):
        return
    row.present, row.how, row.marked_at, row.marked_by = present, how, at, by.id
    db.session.flush()
    progress.attend(booking.enrolment, has_attended(booking.enrolment), now=now)
    audit.record(
        "attendance_marked",
        actor_id=by.id,
        now=now,
        subject_type="booking",
        subject_id=booking.id,
        meeting=meeting.id,
        present=present,
        how=how,
    )


def reckon(training: Training, *, now: datetime) -> None:
    """When fewer meetings are held or asked for: who was at enough has attended. The caller holds the training."""
    if training.starts_at - EARLY > now:
        return  # nobody was marked yet
    seats = select(Booking).where(Booking.training_id == training.id, Booking.state == State.BOOKED)
    for seat in db.session.scalars(seats).all():
        progress.attend(seat.enrolment, has_attended(seat.enrolment), now=now)


def has_attended(enrolment: Enrolment) -> bool:
    """At one training of the course, as many of its meetings as it asks for."""
    seats = select(Booking).where(Booking.enrolment_id == enrolment.id, Booking.state == State.BOOKED)
    return any(is_enough(seat) for seat in db.session.scalars(seats).all())


def is_enough(booking: Booking) -> bool:
    return attended(booking) >= needed(booking.training)


def needed(training: Training) -> int:
    """At how many meetings one has to be."""
    return ceil(training.share * len(training.meetings) - 1e-9)


def attended(booking: Booking) -> int:
    """At how many meetings."""
    there = select(func.count()).where(Attendance.booking_id == booking.id, Attendance.present)
    return db.session.scalar(there) or 0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a seat stands: what was marked, by meeting; at how many its owner was, and how many are needed."""

    present: Mapping[int, bool]
    needed: int

    @property
    def there(self) -> int:
        return sum(self.present.values())


def standings(seats: Sequence[Booking]) -> dict[Booking, Standing]:
    """How each of them stands, in their order. One query."""
    found: dict[int, dict[int, bool]] = {seat.id: {} for seat in seats}
    for row in db.session.scalars(select(Attendance).where(Attendance.booking_id.in_(found))):
        found[row.booking_id][row.meeting_id] = row.present
    return {seat: Standing(present=found[seat.id], needed=needed(seat.training)) for seat in seats}


def of_enrolment(enrolment: Enrolment) -> dict[Booking, Standing]:
    """What was taken or is waited for in trainings of this course that are held, and how it stands."""
    held = select(Booking).join(Training, Training.id == Booking.training_id)
    held = held.where(Booking.enrolment_id == enrolment.id, Booking.state != State.LEFT)
    return standings(db.session.scalars(held.where(Training.cancelled_at.is_(None)).order_by(Booking.id)).all())


def marks(meeting: Meeting) -> Mapping[int, Attendance]:
    """By booking."""
    rows = db.session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id))
    return {row.booking_id: row for row in rows}


def _row(meeting_id: int, booking_id: int) -> Attendance | None:
    wanted = (Attendance.meeting_id == meeting_id) & (Attendance.booking_id == booking_id)
    return db.session.scalar(select(Attendance).where(wanted))
