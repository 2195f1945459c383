"""What pages of trainings ask: which are coming, which are whose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.accounts.models import User
from app.accounts.permissions import taught_courses
from app.catalogue.models import Course
from app.db import db
from app.training.models import Meeting, Training

PAGE = 50


def coming(course: Course, now: datetime) -> Sequence[Training]:
    """Trainings of the course that have not begun and are held, the next first."""
    begins = _begins()
    query = select(Training).join(begins, begins.c.training_id == Training.id)
    held = (Training.course_id == course.id) & Training.cancelled_at.is_(None) & (begins.c.at > now)
    return db.session.scalars(query.where(held).order_by(begins.c.at, Training.id)).all()


def of_staff(user: User, *, past: bool, now: datetime, page: int = 1) -> tuple[Sequence[Training], int]:
    """Fifty of the trainings `user` gives, or of whose course is taught by `user`, and how many there are.

    The coming ones, the next first; or the past ones, the last first.
    """
    begins = _begins()
    query: Select[Any] = select(Training).join(begins, begins.c.training_id == Training.id)
    query = query.where(begins.c.end <= now if past else begins.c.end > now)
    slugs = taught_courses(user)
    if slugs is not None:
        query = query.join(Course, Course.id == Training.course_id)
        query = query.where(or_(Course.slug.in_(slugs), Training.trainer_id == user.id))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (begins.c.at.desc(), Training.id.desc()) if past else (begins.c.at, Training.id)
    return db.session.scalars(query.order_by(*order).offset((page - 1) * PAGE).limit(PAGE)).all(), total


def _begins() -> Any:
    """(training, its first moment, its last)."""
    first, last = func.min(Meeting.starts_at).label("at"), func.max(Meeting.ends_at).label("end")
    return select(Meeting.training_id, first, last).group_by(Meeting.training_id).subquery()
