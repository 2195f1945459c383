"""What a worker says of itself, in a row: all that the site knows of Docker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.grading.models import WorkerState


def beat(name: str, *, grading: bool, report: dict[str, Any], now: datetime) -> None:
    """`report`: {"reason", "slots", "running", "sandbox"}; `reason` says why nothing is graded, "" while it is."""
    state = db.session.scalar(select(WorkerState).where(WorkerState.name == name))
    if state is None:
        state = WorkerState(name=name)
        db.session.add(state)
    state.beat_at, state.grading, state.report = now, grading, report
    db.session.flush()


def slots() -> int:
    """How many submissions are graded at once, by the last word of the worker."""
    state = db.session.scalar(select(WorkerState).order_by(WorkerState.beat_at.desc()).limit(1))
    return int(state.report.get("slots", 1)) if state is not None else 1
