"""The page of the queue and the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.db import db
from app.grading.models import Lane, State
from app.insights.system_views import Queue, queue
from tests.grading.rows import NOW, course, person, queued


def test_the_queue_is_counted_by_state_and_what_was_graded_by_the_day(site: Flask) -> None:
    version, day = course(), 24 * 3600
    queued(person(), version, after=-60)
    queued(person(), version, after=-30, state=State.RUNNING)
    for lane in Lane:
        queued(person(), version, after=60 - day, lane=lane, state=State.GRADED)
    queued(person(), version, after=-60 - day, state=State.GRADED)
    queued(person(), version, after=-60, state=State.QUARANTINED)
    assert queue(NOW) == Queue(
        waiting=1, running=1, quarantined=1, oldest_at=NOW - timedelta(seconds=60), graded_today=len(Lane)
    )


def test_the_queue_is_counted_through_indexes(site: Flask) -> None:
    """Nothing of a year of submissions is gone through to count a day's."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    queue(NOW)
    event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    plans = [
        "\n".join(str(row.detail) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
        for statement, parameters in sent
        if statement.startswith("SELECT")
    ]
    assert len(plans) == 3
    for plan in plans:
        assert "INDEX" in plan
        assert "SCAN" not in plan
    assert "submitted_at>?" in plans[-1]
