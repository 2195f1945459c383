"""What pages of trainings ask: which are coming, which are whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.accounts.models import User
from app.accounts.permissions import taught_courses
from app.catalogue.models import Course
from app.clock import DAY, begins, in_baku
from app.db import db
from app.training.models import Meeting, Room, Training

PAGE = 50


def coming(course: Course, now: datetime) -> Sequence[Training]:
    """Trainings of the course that have not begun and are held, the next first."""
    spans = _begins()
    query = select(Training).join(spans, spans.c.training_id == Training.id)
    held = (Training.course_id == course.id) & Training.cancelled_at.is_(None) & (spans.c.at > now)
    return db.session.scalars(query.where(held).order_by(spans.c.at, Training.id)).all()


def of_staff(user: User, *, past: bool, now: datetime, page: int = 1) -> tuple[Sequence[Training], int]:
    """Fifty of the trainings `user` gives, or of whose course is taught by `user`, and how many there are.

    The coming ones, the next first; or the past ones, the last first.
    """
    spans = _begins()
    query: Select[Any] = select(Training).join(spans, spans.c.training_id == Training.id)
    query = query.where(spans.c.end <= now if past else spans.c.end > now)
    slugs = taught_courses(user)
    if slugs is not None:
        query = query.join(Course, Course.id == Training.course_id)
        query = query.where(or_(Course.slug.in_(slugs), Training.trainer_id == user.id))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (spans.c.at.desc(), Training.id.desc()) if past else (spans.c.at, Training.id)
    return db.session.scalars(query.order_by(*order).offset((page - 1) * PAGE).limit(PAGE)).all(), total


@dataclass(frozen=True, kw_only=True)
class Held:
    """A meeting and the training it is of."""

    meeting: Meeting
    training: Training


def week(monday: date, *, room: Room | None = None, trainer: User | None = None) -> dict[date, list[Held]]:
    """The seven days from `monday` with what is held on each, in a room or by a trainer, the first first."""
    days: dict[date, list[Held]] = {monday + n * DAY: [] for n in range(7)}
    held = select(Meeting, Training).join(Training, Training.id == Meeting.training_id)
    held = held.where(Training.cancelled_at.is_(None), Meeting.starts_at >= begins(monday))
    held = held.where(Meeting.starts_at < begins(monday + 7 * DAY)).order_by(Meeting.starts_at, Meeting.id)
    if room is not None:
        held = held.where(Meeting.room_id == room.id)
    if trainer is not None:
        held = held.where(Training.trainer_id == trainer.id)
    for meeting, training in db.session.execute(held):
        days[in_baku(meeting.starts_at).date()].append(Held(meeting=meeting, training=training))
    return days


def _begins() -> Any:
    """(training, its first moment, its last)."""
    first, last = func.min(Meeting.starts_at).label("at"), func.max(Meeting.ends_at).label("end")
    return select(Meeting.training_id, first, last).group_by(Meeting.training_id).subquery()
