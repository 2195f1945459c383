"""Who has a seat is reminded on the last working day before the meeting, once, in working hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.clock import end_of, in_baku
from app.db import db, hold, one_at_a_time
from app.notices import workdays
from app.notices.confirming import Params
from app.training import booking, letters
from app.training.models import Booking, Meeting, State, Training


def is_due(now: datetime) -> bool:
    return db.session.scalar(_due(now).with_only_columns(Meeting.id).limit(1)) is not None


def remind_due(now: datetime) -> int:
    """Remind of what is next; the number of meetings. Moved away, a meeting is reminded of anew."""
    one_at_a_time("reminders of meetings")
    meetings = db.session.scalars(_due(now)).all()
    for meeting in meetings:
        training = db.session.get_one(Training, meeting.training_id)
        hold(training)
        for one in booking.bookings(training):
            if one.state == State.BOOKED:
                letters.remind(meeting, one, now=now)
        meeting.reminded_at = now
    return len(meetings)


def reached(now: datetime) -> datetime:
    """Of meetings before this moment the day of the reminder has begun or is past: who is told now needs no other."""
    today = in_baku(now).date()
    return end_of(workdays.calendar(today).next_worked(today))


def still_expected(recipient: int, params: Params, now: datetime) -> Params | None:
    """A reminder as things are when its mail goes out: who gave the seat back is not expected, a meeting may have moved
    on."""
    training = db.session.get(Training, params["training"])
    seat = select(Booking.id).where(
        Booking.training_id == params["training"], Booking.user_id == recipient, Booking.state == State.BOOKED
    )
    if training is None or training.cancelled_at is not None or db.session.scalar(seat) is None:
        return None
    reminded = {one["id"] for one in params["meetings"]}
    meetings = [letters.said_of(one) for one in training.meetings if one.id in reminded and one.starts_at > now]
    return {**params, "meetings": meetings} if meetings else None


LOOKS = {"training_reminder": still_expected}


def _due(now: datetime) -> Select[Any]:
    """Meetings from tomorrow to the end of the next working day, as long as today is one and its hours are on."""
    today = in_baku(now).date()
    calendar = workdays.calendar(today)
    held: Select[Any] = select(Meeting).join(Training, Training.id == Meeting.training_id)
    held = held.where(Training.cancelled_at.is_(None), Meeting.reminded_at.is_(None)).order_by(Meeting.id)
    first = end_of(today)
    last = end_of(calendar.next_worked(today)) if calendar.opens(now) == now else first
    return held.where(Meeting.starts_at >= first, Meeting.starts_at < last)
