"""What a worker says of itself, in a row: all that the site knows of Docker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db import db, one_at_a_time
from app.grading.models import WorkerState

LOST = timedelta(seconds=15)  # a worker silent for longer is taken for dead


def beat(name: str, *, grading: bool, report: dict[str, Any], now: datetime) -> None:
    """`report`: {"reason", "slots", "running", "sandbox"}; `reason` says why nothing is graded, "" while it is."""
    one_at_a_time(f"beat of {name}")  # two threads of a worker may say the first word at once
    state = db.session.scalar(select(WorkerState).where(WorkerState.name == name))
    if state is None:
        state = WorkerState(name=name)
        db.session.add(state)
    state.beat_at, state.grading, state.report = now, grading, report
    db.session.flush()


def slots(*, now: datetime) -> int:
    """How many submissions are graded at once, by the last words of the workers that live."""
    living = db.session.scalars(select(WorkerState).where(WorkerState.beat_at > now - LOST, WorkerState.grading))
    return max(1, sum(int(state.report.get("slots", 1)) for state in living))
