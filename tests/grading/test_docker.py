"""The worker as it is run, against the real engine, which is away at first and comes back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import db
from app.grading.models import State, Submission, WorkerState
from app.grading.seats import Seat
from app.web import settings
from graders.course import Exercise
from graders.verdict import Verdict, from_json
from tests.grading.test_worker import ROOT, handed_in, until, until_true

pytestmark = [pytest.mark.docker, pytest.mark.slow]
DOCKER = "/var/run/docker.sock"


def test_an_engine_that_comes_back_is_noticed_and_what_waited_is_graded(
    seat: Seat, initials: Exercise, tmp_path: Path
) -> None:
    door = tmp_path / "docker.sock"
    data = settings().data_folder
    waiting = handed_in(seat, initials)
    environment = os.environ | {
        "BILIK_ENV": "test",
        "BILIK_DATA": str(data),
        "BILIK_DOCKER_URL": f"unix://{door}",
    }
    worker = subprocess.Popen([sys.executable, "-m", "app.worker"], cwd=ROOT, env=environment)
    try:
        until_true(lambda: any(not state.grading and state.report["reason"] for state in states()))
        assert db.session.scalar(select(Submission.state).where(Submission.id == waiting)) == State.QUEUED
        db.session.rollback()
        door.symlink_to(DOCKER)
        until(State.GRADED, waiting, seconds=180)
        row = db.session.get_one(Submission, waiting)
        assert row.verdict is not None
        verdict = from_json(Verdict, row.verdict.result)
        assert (row.failures, verdict.points, verdict.status.value) == (0, 10, "passed")
        assert verdict.provenance.cpu_seconds > 0
        assert verdict.provenance.peak_bytes > 0
    finally:
        worker.terminate()
        assert worker.wait(60) == 0


def states() -> list[WorkerState]:
    db.session.rollback()
    return list(db.session.scalars(select(WorkerState)))
