"""R29: bombs by the dozen from one learner, and somebody else's work between them."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import select

from app.db import begin_reading, db
from app.grading import submitting, waking
from app.grading.models import Purpose, State, Submission
from app.web import blobs
from graders.uploads import read_upload
from tests.factories import NOW
from tests.hostile.cases import TARGETS, cases
from tests.hostile.house import UNIT, House, item_of

BOMBS = ("R01", "R04", "R11", "R15")
FLOOD = 50 if os.environ.get("BILIK_HOSTILE") == "full" else 8  # benchmarks/hostile.py runs the long form


@pytest.mark.docker
def test_a_flood_of_bombs_holds_nobody_up(house: House) -> None:
    """A bomber has one slot at a time, and of one exercise one place in the queue; the other slot serves the others."""
    with house.site.app_context():
        begin_reading(False)
        seat = house.seat("bomber")
        answers = {name: read_upload(cases()[name].exercise, cases()[name].files()) for name in BOMBS}
        sent = []
        for number in range(FLOOD):
            name = BOMBS[number % len(BOMBS)]
            target = cases()[name].target
            stored = submitting.store(answers[name], blobs())
            row = submitting.submit(
                seat, item_of(seat, target), Purpose.SUBMIT, stored, form_token=f"flood-{number}", language="en",
                per_hour=1000, now=NOW,
            )  # fmt: skip
            sent.append(row.id)
            db.session.commit()
        waking.wake(house.data)
        waiting = db.session.scalars(
            select(Submission).where(Submission.id.in_(sent), Submission.state == State.QUEUED)
        )
        exercises = [f"{UNIT}/{target}" for target in TARGETS]
        assert len(list(waiting)) <= len(exercises)  # the rest was replaced by what came later
        db.session.rollback()
        tools = TARGETS["tools"]
        for _ in range(3):
            assert house.graded("tools", tools.solution(), fetch=False).verdict.points == tools.max_points
        for id in sent:
            house._until(id, State.GRADED, State.REPLACED)
    house.look()
