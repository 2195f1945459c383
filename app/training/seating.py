"""What staff do with the seats of others: find who may get one, put somebody in, take somebody out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import audit
from app.accounts.models import User
from app.accounts.people import matching
from app.accounts.permissions import is_administrator
from app.accounts.registering import normalise_email
from app.db import db, hold
from app.errors import Refused
from app.formats import moment_text
from app.learning.models import Enrolment
from app.training import booking, letters
from app.training.clashes import Doubt
from app.training.models import Booking, State, Training
from app.training.wording import title_of

MOST_FOUND = 20


def find(training: Training, words: str, *, by: User) -> Sequence[User]:
    """Who may be put in: by name or address among those who take the course, anybody by the whole address.

    Administrators find anybody by name: they read the list of all people anyway.
    """
    if not words.strip():
        return []
    found = matching(words).where(User.closed_at.is_(None))
    if not is_administrator(by):
        takes = (Enrolment.course_id == training.course_id) & Enrolment.left_at.is_(None)
        found = found.where(or_(User.id.in_(select(Enrolment.user_id).where(takes)), User.email == _address(words)))
    return db.session.scalars(found.order_by(User.name_folded, User.id).limit(MOST_FOUND)).all()


def put_in(
    user: User, training: Training, *, above: bool = False, confirmed: bool = False, by: User, now: datetime
) -> Booking:
    """A seat; where all are taken the last place on the waiting list or, `above` what is planned, a seat all the same.

    Again is harmless. Raises Refused when there is nothing to be had any more, Doubt (to be `confirmed`) for a seat
    above what is planned and for who has another one at the same time.
    """
    hold(user)
    hold(training)
    known = booking.own(user, training)
    if known is not None and (known.state == State.BOOKED or not above):
        return known
    if training.cancelled_at is not None:
        raise Refused(_("This training is cancelled."))
    if training.ends_at <= now:
        raise Refused(_("This training is over."))
    if not user.is_active:
        raise Refused(_("This account is closed."))
    is_full = booking.taken(training) >= training.seats
    if is_full and not above and training.starts_at <= now:
        raise Refused(_("All seats are taken, and nobody moves up any more once a training has begun."))
    if not confirmed and (doubts := _doubts(user, training, above=is_full and above)):
        raise Doubt(" ".join(doubts))
    seat = known or booking.ask(user, training, by=by, now=now)
    if above or not is_full:
        seat.state, seat.booked_at = State.BOOKED, now
        db.session.flush()
    letters.tell_booking("put_in" if seat.state == State.BOOKED else "put_on_list", seat, by=by.name, now=now)
    _record("seat_given", seat, by=by, now=now, state=seat.state)
    return seat


def take_out(seat: Booking, reason: str, *, by: User, now: datetime) -> None:
    """Nobody's seat any more; whose it was is told why, and the next one moves up. Again is harmless.

    Raises Refused without a reason (field "reason"), and when the training is over.
    """
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused(_("Say why."), field="reason")
    training = seat.training
    hold(training)
    db.session.refresh(seat)
    if seat.state == State.LEFT or training.cancelled_at is not None:
        return
    if training.ends_at <= now:
        raise Refused(_("This training is over."))
    had_seat = booking.end(seat, now=now) == State.BOOKED
    letters.tell_booking("taken_out" if had_seat else "taken_off_list", seat, by=by.name, reason=reason, now=now)
    _record("seat_taken_away", seat, by=by, now=now, reason=reason)
    booking.promote(training, now=now)


def _doubts(user: User, training: Training, *, above: bool) -> list[str]:
    found = []
    if above:
        room = min((one.room for one in training.meetings), key=lambda one: one.seats)
        found.append(
            _(
                "%(name)s would come on top of the planned seats (%(seats)s). “%(room)s” has room for %(places)s.",
                name=user.name,
                seats=training.seats,
                room=room.name,
                places=room.seats,
            )
        )
    if (other := booking.clash(user, training)) is not None:
        found.append(
            _(
                "%(name)s has a seat in “%(title)s” at the same time: %(moment)s.",
                name=user.name,
                title=title_of(other.course),
                moment=moment_text(other.starts_at),
            )
        )
    return found


def _address(words: str) -> str | None:
    """What is typed, if it is a whole address."""
    try:
        return normalise_email(words)
    except Refused:
        return None


def _record(act: str, seat: Booking, *, by: User, now: datetime, **said: str) -> None:
    audit.record(
        act,
        actor_id=by.id,
        now=now,
        subject_type="training",
        subject_id=seat.training_id,
        user_id=seat.user_id,
        **said,
    )
