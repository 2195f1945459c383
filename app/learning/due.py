"""When a unit is due for one enrolment: the cohort's moment, or the learner's own extension of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.learning.models import Enrolment, Extension, UnitDue


def due_moments(enrolment: Enrolment) -> dict[str, datetime]:
    """By unit id; empty for who learns without a cohort. An extension never makes the cohort's moment earlier."""
    if enrolment.cohort_id is None:
        return {}
    due = {
        row.unit: row.due_at
        for row in db.session.scalars(select(UnitDue).where(UnitDue.cohort_id == enrolment.cohort_id))
    }
    own = db.session.scalars(select(Extension).where(Extension.enrolment_id == enrolment.id))
    return due | {one.unit: max(one.due_at, due.get(one.unit, one.due_at)) for one in own}


def due_at(enrolment: Enrolment, unit: str) -> datetime | None:
    return due_moments(enrolment).get(unit)
