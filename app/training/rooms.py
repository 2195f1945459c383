"""Rooms of the centre: adding, changing, archiving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from app import audit
from app.accounts.models import User
from app.db import db, one_at_a_time
from app.errors import Refused
from app.training.models import Meeting, Room, Training


def rooms(*, with_archived: bool = False) -> Sequence[Room]:
    """By name; the archived ones last."""
    query = select(Room).order_by(Room.archived_at.is_not(None), Room.name)
    return db.session.scalars(query if with_archived else query.where(Room.archived_at.is_(None))).all()


def add(name: str, place: str, seats: int, *, by: User, now: datetime) -> Room:
    """Raises Refused (field "name") when there is one of this name."""
    one_at_a_time("rooms")
    room = Room(name=_free_name(name, None), place=" ".join(place.split()), seats=seats)
    db.session.add(room)
    db.session.flush()
    audit.record("room_added", actor_id=by.id, now=now, subject_type="room", subject_id=room.id)
    return room


def change(room: Room, name: str, place: str, seats: int, *, by: User, now: datetime) -> None:
    """Raises Refused (fields "name", "seats"): what is planned there must have room."""
    one_at_a_time("rooms")
    coming = select(func.max(Training.seats)).join(Meeting, Meeting.training_id == Training.id)
    most = db.session.scalar(
        coming.where(Meeting.room_id == room.id, Meeting.ends_at > now, Training.cancelled_at.is_(None))
    )
    if most is not None and seats < most:
        raise Refused(_("A training with %(most)s seats is planned in this room.", most=most), field="seats")
    room.name, room.place, room.seats = _free_name(name, room), " ".join(place.split()), seats
    audit.record("room_changed", actor_id=by.id, now=now, subject_type="room", subject_id=room.id)


def archive(room: Room, *, by: User, now: datetime) -> None:
    """Raises Refused while a meeting is planned there."""
    one_at_a_time("rooms")
    planned = exists().where(
        Meeting.room_id == room.id,
        Meeting.ends_at > now,
        Training.id == Meeting.training_id,
        Training.cancelled_at.is_(None),
    )
    if db.session.scalar(select(planned)):
        raise Refused(_("Meetings are planned in this room. Move them first."))
    room.archived_at = room.archived_at or now
    audit.record("room_archived", actor_id=by.id, now=now, subject_type="room", subject_id=room.id)


def take_back(room: Room, *, by: User, now: datetime) -> None:
    room.archived_at = None
    audit.record("room_taken_back", actor_id=by.id, now=now, subject_type="room", subject_id=room.id)


def _free_name(name: str, own: Room | None) -> str:
    name = " ".join(name.split())
    found = db.session.scalar(select(Room).where(Room.name == name))
    if found is not None and found is not own:
        raise Refused(_("There is a room of this name already."), field="name")
    return name
