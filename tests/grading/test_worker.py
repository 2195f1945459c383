"""Real processes on a real database file: a worker dies at each step of a run, the next one puts it right."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import begin_reading, db
from app.grading import queueing, submitting, waking
from app.grading.models import CheckRow, Purpose, State, Submission, Verdict, WorkerState
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from app.web import blobs, settings
from graders.course import Exercise
from tests.grading.rows import NOW

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
STEPS = ["claimed", "leased", "begun", "between_checks", "before_recording", "after_recording"]


def start(data: Path, die_at: str = "") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.grading.worker_process", str(data), die_at]
    return subprocess.Popen(command, cwd=ROOT)


@contextmanager
def running(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    worker = start(data)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(30)


def handed_in(seat: Seat, item: Exercise, token: str = "t", files: dict[str, bytes] | None = None) -> int:
    stored = submitting.store(files or item.solution(), blobs())
    row = submitting.submit(seat, item, Purpose.SUBMIT, stored, form_token=token, language="az", per_hour=20, now=NOW)
    id = row.id
    db.session.commit()
    begin_reading(True)  # the test looks on from now on, and never holds the lock a worker needs
    return id


def until(state: State, id: int, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        db.session.rollback()
        if db.session.scalar(select(Submission.state).where(Submission.id == id)) == state:
            db.session.rollback()
            return
        time.sleep(0.1)
    raise AssertionError(f"submission {id} did not become {state}")


def until_true(found: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def assert_counted_once(id: int, item: Exercise) -> None:
    verdicts = db.session.scalars(select(Verdict).where(Verdict.submission_id == id)).all()
    assert [verdict.status for verdict in verdicts] == ["passed"]
    counted = db.session.scalars(select(ItemProgress).where(ItemProgress.item == item.key)).all()
    assert [(row.points, row.counting_submission_id) for row in counted] == [(item.max_points, id)]
    assert db.session.query(CheckRow).count() == 0
    db.session.rollback()


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_nothing_and_counts_nothing_twice(
    seat: Seat, initials: Exercise, step: str
) -> None:
    data = settings().data_folder
    id = handed_in(seat, initials)
    first = start(data, die_at=step)
    assert first.wait(90) == -9
    with running(data):
        until(State.GRADED, id)
        time.sleep(1.5)  # a second verdict would come now
    assert_counted_once(id, initials)


def test_a_wake_up_is_answered_at_once_and_a_stop_gives_everything_back(seat: Seat, initials: Exercise) -> None:
    data = settings().data_folder
    worker = start(data)
    first = handed_in(seat, initials)
    until(State.GRADED, first)
    begin_reading(False)
    second = handed_in(seat, initials, token="u")
    waking.wake(data)
    until(State.RUNNING, second, seconds=10)
    worker.terminate()
    assert worker.wait(30) == 0
    db.session.rollback()
    row = db.session.get_one(Submission, second)
    assert row.state in (State.QUEUED, State.GRADED)
    assert row.failures == 0
    state = db.session.scalars(select(WorkerState)).one()
    assert not state.grading


def test_a_database_that_is_busy_when_the_worker_starts_is_waited_for(seat: Seat, initials: Exercise) -> None:
    data = settings().data_folder
    id = handed_in(seat, initials)
    other = sqlite3.connect(data / "bilik.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    command = [sys.executable, "-m", "tests.grading.worker_process", str(data), ""]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        assert any("does not answer yet" in line for line in worker.stderr)  # the first try is given up
        other.execute("ROLLBACK")
        other.close()
        until(State.GRADED, id)
        worker.terminate()
    assert worker.returncode == 0


def test_a_second_worker_on_the_same_data_is_refused(seat: Seat, initials: Exercise) -> None:
    data = settings().data_folder
    id = handed_in(seat, initials)
    with running(data):
        until(State.GRADED, id)
        assert start(data).wait(90) == 1

        def goes_on() -> bool:
            db.session.rollback()
            return not queueing.grading_now(now=db.session.scalars(select(WorkerState)).one().beat_at).paused

        until_true(goes_on)


def test_what_was_found_is_shown_while_the_rest_is_graded(seat: Seat, initials: Exercise, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    slow = f"""
import os, time
def initials(name):
    while name != "Leyla Məmmədova" and not os.path.exists({str(go_on)!r}):
        time.sleep(0.05)
    return "LM"
"""
    id = handed_in(seat, initials, files={"initials.py": slow.encode()})

    def shown() -> list[str]:
        db.session.rollback()
        return list(db.session.scalars(select(CheckRow.check_id).where(CheckRow.submission_id == id)))

    with running(settings().data_folder):
        until_true(lambda: bool(shown()))
        assert shown() == ["two-words"]
        go_on.touch()
        until(State.GRADED, id)
    assert shown() == []
