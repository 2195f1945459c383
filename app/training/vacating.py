"""Seats of who is gone (the account closed, the course left) go to who waits. The worker looks for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, or_, select

from app import audit
from app.accounts.models import User
from app.db import db, hold
from app.learning.models import Enrolment
from app.training import booking, letters
from app.training.models import Booking, Meeting, State, Training


def is_due(now: datetime) -> bool:
    return db.session.scalar(_gone(now).with_only_columns(Booking.id).limit(1)) is not None


def vacate_due(now: datetime) -> int:
    """End what they hold in trainings that have not begun; how many. Who only left the course is told."""
    gone = db.session.scalars(_gone(now).order_by(Booking.training_id, Booking.id)).all()
    for seat in gone:
        training = seat.training
        hold(training)
        db.session.refresh(seat)
        if seat.state == State.LEFT:
            continue
        had_seat = booking.end(seat, now=now) == State.BOOKED
        if had_seat and seat.user.is_active:
            letters.tell_booking("left_course", seat, now=now)
        audit.record(
            "seat_given_back",
            actor_id=None,
            now=now,
            subject_type="training",
            subject_id=training.id,
            user_id=seat.user_id,
        )
        booking.promote(training, now=now)
    return len(gone)


def _gone(now: datetime) -> Select[Booking]:
    coming = (
        select(Meeting.training_id)
        .join(Training, Training.id == Meeting.training_id)
        .where(Training.cancelled_at.is_(None))
        .group_by(Meeting.training_id)
        .having(func.min(Meeting.starts_at) > now)
    )
    return (
        select(Booking)
        .join(User, User.id == Booking.user_id)
        .join(Enrolment, Enrolment.id == Booking.enrolment_id)
        .where(
            Booking.state != State.LEFT,
            or_(User.closed_at.is_not(None), Enrolment.left_at.is_not(None)),
            Booking.training_id.in_(coming),
        )
    )
