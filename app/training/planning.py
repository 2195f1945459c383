"""Planning trainings: opening, changing, cancelling. A room holds one meeting at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import audit
from app.accounts.models import Grant, Role, User
from app.catalogue import reading
from app.catalogue.models import Course
from app.db import db, hold, one_at_a_time
from app.errors import Refused
from app.formats import moment_text
from app.training import attending, booking, clashes, letters, reminding
from app.training.clashes import Doubt
from app.training.models import Meeting, Room, Training
from app.training.wording import title_of

MOST_MEETINGS = 30


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One meeting as planned; `meeting_id` names the one it was before."""

    meeting_id: int | None = None
    starts_at: datetime
    ends_at: datetime
    room_id: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What staff say of a training. `share` of the meetings, 0..1; the two moments None: until it begins."""

    trainer_id: int
    language: str
    seats: int
    joins_until: datetime | None
    cancels_until: datetime | None
    share: float
    note: str
    slots: tuple[Slot, ...]


def trainers_of(course: Course) -> list[User]:
    """Who may give it: who instructs the course, or every course, and administrators; by name."""
    may = or_(
        Grant.role == Role.ADMINISTRATOR,
        (Grant.role == Role.INSTRUCTOR) & or_(Grant.course_slug.is_(None), Grant.course_slug == course.slug),
    )
    named = select(Grant.user_id).where(may)
    return list(
        db.session.scalars(select(User).where(User.id.in_(named), User.closed_at.is_(None)).order_by(User.name))
    )


def open_training(course: Course, plan: Plan, *, confirmed: bool = False, by: User, now: datetime) -> Training:
    """A new training. Raises Refused for what cannot be, Doubt for what has to be `confirmed`."""
    if not course.is_listed:
        raise Refused(_("Publish the course before planning a training of it."))
    _check(course, plan, None, confirmed=confirmed, now=now)
    training = Training(course=course, created_by=by.id, created_at=now, sequence=0)
    _apply(training, plan)
    db.session.add(training)
    db.session.flush()
    audit.record("training_planned", actor_id=by.id, now=now, subject_type="training", subject_id=training.id)
    return training


def change(training: Training, plan: Plan, *, confirmed: bool = False, by: User, now: datetime) -> None:
    """Change what is planned. Raises as `open_training` does."""
    _check(training.course, plan, training, confirmed=confirmed, now=now)
    hold(training)
    if training.cancelled_at is not None:
        raise Refused(_("This training is cancelled."))
    # more may sit there than there are seats: `seating`
    if plan.seats < training.seats and plan.seats < (taken := booking.taken(training)):
        raise Refused(_("%(taken)s seats are taken already; there cannot be fewer.", taken=taken), field="seats")
    moves = _moves(training, plan)
    training.sequence += moves
    kept = {slot.meeting_id for slot in plan.slots}
    gone = [letters.said_of(one) for one in training.meetings if one.id not in kept]
    _apply(training, plan)
    db.session.flush()
    db.session.expire(training, ["meetings"])
    if moves:
        letters.tell_moved(training, booking.bookings(training), gone, now=now)
        reached = reminding.reached(now)
        for one in training.meetings:
            if one.reminded_at is None and one.starts_at < reached:
                one.reminded_at = now  # what was told names it: no reminder on top
    booking.promote(training, now=now)
    attending.reckon(training, now=now)
    audit.record("training_changed", actor_id=by.id, now=now, subject_type="training", subject_id=training.id)


def cancel(training: Training, reason: str, *, by: User, now: datetime) -> None:
    """It is not held. Raises Refused without a reason (field "reason"), and when it is over."""
    reason = " ".join(reason.split())[:500]
    if len(reason) < 5:
        raise Refused(_("Say why: whoever wanted to come is told."), field="reason")
    hold(training)
    if training.cancelled_at is not None:
        return
    if training.ends_at <= now:
        raise Refused(_("This training is over; there is nothing to cancel."))
    training.cancelled_at, training.cancelled_by, training.cancelled_reason = now, by.id, reason
    training.sequence += 1
    letters.tell_cancelled(training, booking.bookings(training), now=now)
    audit.record(
        "training_cancelled", actor_id=by.id, now=now, subject_type="training", subject_id=training.id, reason=reason
    )


def _check(course: Course, plan: Plan, training: Training | None, *, confirmed: bool, now: datetime) -> None:
    one_at_a_time("rooms")  # of two who plan the same room for the same hour, the second sees the first
    slots = sorted(plan.slots, key=lambda slot: slot.starts_at)
    if not slots:
        raise Refused(_("Plan at least one meeting."), field="meetings")
    if len(slots) > MOST_MEETINGS:
        raise Refused(_("A training has at most %(most)s meetings.", most=MOST_MEETINGS), field="meetings")
    if any(slot.starts_at >= slot.ends_at for slot in slots):
        raise Refused(_("A meeting ends after it begins."), field="meetings")
    if any(earlier.ends_at > later.starts_at for earlier, later in pairwise(slots)):
        raise Refused(_("Two meetings of the training are at the same time."), field="meetings")
    if training is None and slots[0].starts_at <= now:
        raise Refused(_("The first meeting has to be in the future."), field="meetings")
    if plan.joins_until is not None and plan.joins_until > slots[0].starts_at:
        raise Refused(_("Joining ends before the first meeting begins."), field="joins_until")
    if plan.cancels_until is not None and plan.cancels_until > slots[0].starts_at:
        raise Refused(_("Cancelling ends before the first meeting begins."), field="cancels_until")
    if plan.share < (asked := asked_share(course)) - 1e-9:
        raise Refused(_("The course asks for at least %(share)s %%.", share=round(asked * 100)), field="percent")
    if training is not None and _begun(training, now) - {slot.meeting_id for slot in slots}:
        raise Refused(_("A meeting that has begun cannot be taken away."), field="meetings")
    if plan.trainer_id not in {one.id for one in trainers_of(course)}:
        raise Refused(_("Choose who gives the training."), field="trainer_id")
    besides = training.id if training else None
    for slot in slots:
        _check_room(slot, plan.seats, training)
        other = clashes.of_trainer(plan.trainer_id, slot.starts_at, slot.ends_at, besides=besides)
        if other is not None and not confirmed:
            raise Doubt(
                _(
                    "The trainer gives “%(title)s” at the same time as the meeting of %(moment)s.",
                    title=title_of(other.course),
                    moment=moment_text(slot.starts_at),
                )
            )


def _check_room(slot: Slot, seats: int, training: Training | None) -> None:
    room = db.session.get(Room, slot.room_id)
    known = {one.room_id for one in training.meetings} if training else set()
    if room is None or (room.archived_at is not None and room.id not in known):
        raise Refused(_("Choose a room."), field="meetings")
    if seats > room.seats:
        raise Refused(
            _("“%(room)s” has %(seats)s seats, fewer than the training.", room=room.name, seats=room.seats),
            field="seats",
        )
    besides = training.id if training else None
    other = clashes.in_room(room.id, slot.starts_at, slot.ends_at, besides=besides)
    if other is not None:
        raise Refused(
            _(
                "“%(room)s” is taken at %(moment)s: “%(title)s” is held there.",
                room=room.name,
                moment=moment_text(slot.starts_at),
                title=title_of(other.course),
            ),
            field="meetings",
        )


def asked_share(course: Course) -> float:
    """What the published version asks to be attended, 0 where it asks for nothing."""
    return reading.load(course.published).attendance or 0.0 if course.published is not None else 0.0


def _begun(training: Training, now: datetime) -> set[int | None]:
    return {one.id for one in training.meetings if one.starts_at - attending.EARLY <= now}


def _moves(training: Training, plan: Plan) -> bool:
    before = {(one.id, one.starts_at, one.ends_at, one.room_id) for one in training.meetings}
    return before != {(one.meeting_id, one.starts_at, one.ends_at, one.room_id) for one in plan.slots}


def _apply(training: Training, plan: Plan) -> None:
    training.trainer_id, training.language, training.seats = plan.trainer_id, plan.language, plan.seats
    training.joins_until, training.cancels_until = plan.joins_until, plan.cancels_until
    training.share, training.note = plan.share, plan.note.strip()
    known = {one.id: one for one in training.meetings}
    kept = []
    for slot in plan.slots:
        meeting = known.get(slot.meeting_id or 0) or Meeting()
        if (meeting.starts_at, meeting.room_id) != (slot.starts_at, slot.room_id):
            meeting.reminded_at = None
        meeting.starts_at, meeting.ends_at, meeting.room_id = slot.starts_at, slot.ends_at, slot.room_id
        kept.append(meeting)
    training.meetings = kept
