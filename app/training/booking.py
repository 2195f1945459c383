"""Seats of a training: taking one, waiting for one, giving it back. Who asked first comes first.

Everything here holds the training, so that no two see the same free seat.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app import audit
from app.accounts.models import User
from app.db import db, hold
from app.errors import Refused
from app.formats import moment_text
from app.learning import enrolling, progress
from app.learning.models import Enrolment
from app.training import attending, letters
from app.training.clashes import Doubt
from app.training.models import Booking, Meeting, State, Training
from app.training.wording import title_of


def book(user: User, training: Training, *, confirmed: bool = False, now: datetime) -> Booking:
    """A seat, or the last place on the waiting list; again is harmless. Who does not take the course yet begins it.

    Raises Refused when it is too late, Doubt (to be `confirmed`) where the learner has another seat at the same time.
    """
    hold(user)
    hold(training)
    if (known := own(user, training)) is not None:
        return known
    if training.cancelled_at is not None:
        raise Refused(_("This training is cancelled."))
    if now >= joins_until(training):
        raise Refused(_("It is too late to join this training."))
    if not confirmed and (other := clash(user, training)) is not None:
        raise Doubt(
            _(
                "You have a seat in “%(title)s” at the same time: %(moment)s.",
                title=title_of(other.course),
                moment=moment_text(other.starts_at),
            )
        )
    booking = ask(user, training, by=user, now=now)
    _fill(training, asking=booking, now=now)
    if booking.state == State.WAITING:
        letters.tell_booking("waiting", booking, now=now)
    audit.record("seat_asked", actor_id=user.id, now=now, subject_type="training", subject_id=training.id)
    return booking


def ask(user: User, training: Training, *, by: User, now: datetime) -> Booking:
    """The last place on the waiting list. Who does not take the course yet begins it. The caller holds both."""
    enrolment = enrolling.enrol(user, training.course, by=by, now=now)
    booking = Booking(training=training, user_id=user.id, enrolment=enrolment, state=State.WAITING, asked_at=now)
    db.session.add(booking)
    db.session.flush()
    return booking


def leave(booking: Booking, *, by: User, now: datetime) -> None:
    """Give the seat back, or the place on the list; again is harmless. Raises Refused when it is too late."""
    training = booking.training
    hold(training)
    db.session.refresh(booking)
    if booking.state == State.LEFT or training.cancelled_at is not None:
        return
    if now >= leaves_until(booking):
        raise Refused(_("It is too late to give the seat back. Tell the centre that you cannot come."))
    if end(booking, now=now) == State.BOOKED:
        letters.tell_booking("left", booking, now=now)
    audit.record("seat_given_back", actor_id=by.id, now=now, subject_type="training", subject_id=training.id)
    promote(training, now=now)


def end(booking: Booking, *, now: datetime) -> str:
    """Nobody's seat any more, nor a place on the list; what it was before. The caller holds the training."""
    before = booking.state
    booking.state, booking.left_at = State.LEFT, now
    db.session.flush()
    if booking.enrolment.attended_at is not None:  # perhaps by this seat
        progress.attend(booking.enrolment, attending.has_attended(booking.enrolment), now=now)
    return before


def promote(training: Training, *, now: datetime) -> None:
    """Free seats go to who waits, in order, until the training begins. The caller holds the training."""
    if training.cancelled_at is None and now < training.starts_at:
        _fill(training, now=now)


def _fill(training: Training, *, asking: Booking | None = None, now: datetime) -> None:
    free = training.seats - taken(training)
    if free <= 0:
        return
    waiting = _open(training).where(Booking.state == State.WAITING)
    waiting = waiting.join(User, User.id == Booking.user_id).join(Enrolment, Enrolment.id == Booking.enrolment_id)
    here = waiting.where(User.closed_at.is_(None), Enrolment.left_at.is_(None))  # others: `vacating`
    for booking in db.session.scalars(here.limit(free)).all():
        what = "booked" if booking is asking else "promoted"
        booking.state, booking.booked_at = State.BOOKED, now
        letters.tell_booking(what, booking, now=now)
    db.session.flush()


# ---- asking


def taken(training: Training) -> int:
    return taken_in([training])[training.id]


def taken_in(trainings: Sequence[Training]) -> dict[int, int]:
    """How many seats are taken, by training. One query."""
    found = dict.fromkeys((one.id for one in trainings), 0)
    query = select(Booking.training_id, func.count()).where(Booking.training_id.in_(found))
    for id, count in db.session.execute(query.where(Booking.state == State.BOOKED).group_by(Booking.training_id)):
        found[id] = count
    return found


def own(user: User, training: Training) -> Booking | None:
    """The seat or the place on the list that `user` has."""
    return db.session.scalar(_open(training).where(Booking.user_id == user.id))


def bookings(training: Training) -> Sequence[Booking]:
    """Who has a seat and who waits, in the order in which they asked."""
    return db.session.scalars(_open(training)).all()


def of_user(user: User, now: datetime) -> Sequence[Booking]:
    """What `user` has a seat in or waits for and is not over, the next first."""
    last = select(func.max(Meeting.ends_at)).where(Meeting.training_id == Booking.training_id).scalar_subquery()
    mine = select(Booking).where(Booking.user_id == user.id, Booking.state != State.LEFT, last > now)
    return sorted(db.session.scalars(mine), key=lambda one: one.training.next_meeting(now).starts_at)


def place(booking: Booking) -> int:
    """On the waiting list; 1 is the next."""
    before = select(func.count()).where(
        Booking.training_id == booking.training_id, Booking.state == State.WAITING, Booking.id <= booking.id
    )
    return db.session.scalar(before) or 0


def clash(user: User, training: Training) -> Training | None:
    """Another training in which `user` has a seat at the same time as one of these meetings."""
    for one in training.meetings:
        other = (
            select(Training)
            .join(Meeting, Meeting.training_id == Training.id)
            .join(Booking, Booking.training_id == Training.id)
            .where(Booking.user_id == user.id, Booking.state == State.BOOKED, Training.id != training.id)
            .where(Training.cancelled_at.is_(None), Meeting.starts_at < one.ends_at, Meeting.ends_at > one.starts_at)
        )
        if (found := db.session.scalar(other.limit(1))) is not None:
            return found
    return None


def joins_until(training: Training) -> datetime:
    return training.joins_until or training.starts_at


def leaves_until(booking: Booking) -> datetime:
    """Who got the seat too late to keep to the rule, and who only waits, may leave until it begins."""
    said = booking.training.cancels_until
    late = booking.state == State.WAITING or (
        said is not None and booking.booked_at is not None and booking.booked_at >= said
    )
    return booking.training.starts_at if said is None or late else said


def _open(training: Training) -> Select[Any]:
    held: Select[Any] = select(Booking).where(Booking.training_id == training.id, Booking.state != State.LEFT)
    return held.order_by(Booking.id)
