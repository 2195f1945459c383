"""A worker at work: what is graded again waits until a learner who came would find a slot and a container."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import begin_reading, db
from app.grading import submitting
from app.grading.models import Purpose, State, Submission
from app.grading.seats import Seat
from app.web import blobs
from app.worker import Worker
from graders.course import Exercise
from tests.grading.again import LATER, begin, handed_in
from tests.grading.test_worker import until
from tests.grading.worker_process import Healthy

pytestmark = pytest.mark.slow


class Preparing(Healthy):
    """A sandbox whose pool is being filled until a test says it is full."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False

    def is_full(self) -> bool:
        return self.full


@contextmanager
def working(site: Flask, sandbox: Preparing) -> Iterator[None]:
    worker = Worker(site, lambda: sandbox)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(60)


def test_learners_are_graded_while_containers_are_prepared_and_rejudges_are_not(
    site: Flask, seat: Seat, initials: Exercise
) -> None:
    handed_in(seat, initials, right=False)
    begin(seat)
    run = db.session.scalars(select(Submission.id).where(Submission.purpose == Purpose.REJUDGE)).one()
    stored = submitting.store(initials.solution(), blobs())
    live = submitting.submit(
        seat, initials, Purpose.SUBMIT, stored, form_token="live", language="az", per_hour=99, now=LATER
    )
    db.session.commit()
    id = live.id
    db.session.commit()
    begin_reading(True)
    sandbox = Preparing()
    with working(site, sandbox):
        until(State.GRADED, id)
        assert db.session.scalar(select(Submission.state).where(Submission.id == run)) == State.QUEUED
        sandbox.full = True
        until(State.GRADED, run)
