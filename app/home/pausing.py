"""Whether anything is graded at the moment, as the workers last said."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import select

from app.db import db
from app.grading.models import WorkerState

SILENT = timedelta(seconds=30)


def grading_is_paused(now: datetime) -> bool:
    """No worker has said lately that it grades."""
    query = select(WorkerState.id).where(WorkerState.grading, WorkerState.beat_at > now - SILENT)
    return db.session.scalar(query.limit(1)) is None


def sentence(now: datetime) -> str | None:
    if not grading_is_paused(now):
        return None
    return gettext(
        "Grading is paused. Lessons and quizzes work as usual; what you hand in is kept and graded as soon as possible."
    )
