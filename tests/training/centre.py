"""A centre with rooms, a course, who teaches it, and trainings of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from app.accounts.models import Role, User
from app.catalogue.models import Course
from app.db import db
from app.training import planning, rooms
from app.training.models import Room, Training
from app.training.planning import Plan, Slot
from tests.factories import NOW, person, published

_numbers = count(1)


def room(seats: int = 20, name: str = "") -> Room:
    made = rooms.add(name or f"Otaq {next(_numbers)}", "Bakı, Nizami 5", seats, by=person(), now=NOW)
    db.session.commit()
    return made


def slot(where: Room, day: int = 7, hour: int = 6, *, hours: int = 3, meeting_id: int | None = None) -> Slot:
    """`day` days after NOW at `hour` UTC."""
    starts_at = datetime(NOW.year, NOW.month, NOW.day, tzinfo=NOW.tzinfo) + timedelta(days=day, hours=hour)
    return Slot(
        meeting_id=meeting_id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), room_id=where.id
    )


def plan(trainer: User, *slots: Slot, **other: Any) -> Plan:
    said: dict[str, Any] = {
        "trainer_id": trainer.id,
        "language": "az",
        "seats": 2,
        "joins_until": None,
        "cancels_until": None,
        "share": 1.0,
        "note": "",
        "slots": slots,
    }
    return Plan(**said | other)


def training(
    *slots: Slot, course: Course | None = None, trainer: User | None = None, now: datetime = NOW, **other: Any
) -> Training:
    """One meeting a week from NOW in a room of its own, two seats."""
    course = course or published()
    trainer = trainer or person("Tural Müəllim", role=Role.INSTRUCTOR, course_slug=course.slug)
    slots = slots or (slot(room()),)
    made = planning.open_training(course, plan(trainer, *slots, **other), by=trainer, now=now)
    db.session.commit()
    return made
