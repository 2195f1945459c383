"""Who or what would have to be at two places at once. Of meetings that touch, none clashes with the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.errors import Refused
from app.training.models import Meeting, Training


class Doubt(Refused):
    """Unusual, and done by whoever confirms it."""


def in_room(room_id: int, starts_at: datetime, ends_at: datetime, *, besides: int | None) -> Training | None:
    """The training that has the room then, if another than `besides`."""
    return _first(_at(starts_at, ends_at, besides).where(Meeting.room_id == room_id))


def of_trainer(trainer_id: int, starts_at: datetime, ends_at: datetime, *, besides: int | None) -> Training | None:
    """What the trainer gives then."""
    return _first(_at(starts_at, ends_at, besides).where(Training.trainer_id == trainer_id))


def _at(starts_at: datetime, ends_at: datetime, besides: int | None) -> Select[Any]:
    query: Select[Any] = (
        select(Training)
        .join(Meeting, Meeting.training_id == Training.id)
        .where(Training.cancelled_at.is_(None), Meeting.starts_at < ends_at, Meeting.ends_at > starts_at)
        .options(joinedload(Training.course))
    )
    return query if besides is None else query.where(Training.id != besides)


def _first(query: Select[Any]) -> Training | None:
    found: Training | None = db.session.scalar(query.order_by(Meeting.starts_at).limit(1))
    return found
