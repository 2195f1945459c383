"""A rejudge through real processes: the worker is killed in the preview and while it applies; nothing is lost or
done twice, and every verdict says where it came from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Role
from app.clock import utc_now
from app.db import begin_reading, db
from app.grading import comparing, rejudging, submitting
from app.grading.models import Purpose, Rejudge, Rerun, Stage, State, Submission, Verdict, Which
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from app.notices.models import Notice
from app.web import blobs, settings
from graders.course import Exercise
from tests.factories import person, signed_in
from tests.grading.again import another, corrected
from tests.grading.rows import NOW
from tests.grading.test_worker import running, start, until, until_true

pytestmark = pytest.mark.slow


def submitted(seat: Seat, item: Exercise, token: str) -> Submission:
    stored = submitting.store(item.solution(), blobs())
    row = submitting.submit(seat, item, Purpose.SUBMIT, stored, form_token=token, language="az", per_hour=9, now=NOW)
    db.session.commit()
    return row


def stage() -> str | None:
    db.session.rollback()
    return db.session.scalar(select(Rejudge.stage))


def finished() -> bool:
    db.session.rollback()
    rejudge = db.session.scalars(select(Rejudge)).one()
    done = rejudging.is_finished(rejudge)
    db.session.rollback()
    return done


def test_killed_in_the_preview_and_while_applying_it_goes_on(seat: Seat, initials: Exercise, tmp_path: Path) -> None:
    data = settings().data_folder
    everybody = [seat, another(seat, "Second"), another(seat, "Third")]
    rows = [submitted(one, initials, f"t{n}") for n, one in enumerate(everybody)]
    ids = [row.id for row in rows]
    begin_reading(True)
    with running(data):
        for id in ids:
            until(State.GRADED, id)
    begin_reading(False)
    version = corrected(seat, tmp_path)  # expects what the solution no longer gives: everybody goes down by two points
    for one in everybody:
        assert one.enrolment is not None
        one.enrolment.version = version
    rejudging.begin(version.course, initials.key, Which.BEST, reason="r", by=seat.user, now=utc_now())
    db.session.commit()
    begin_reading(True)
    assert start(data, die_at="before_recording").wait(90) == -9
    with running(data):
        until_true(finished)
    assert set(db.session.scalars(select(ItemProgress.points))) == {10}
    rejudge = db.session.scalars(select(Rejudge)).one()
    assert comparing.counts(rejudge).by_change["down"] == 3
    assert_says_where_it_came_from(db.session.scalars(select(Verdict)).all(), initials, version.digest)

    begin_reading(False)
    db.session.rollback()
    rejudging.apply(db.session.scalars(select(Rejudge)).one(), reason="r", never_lower=False, by=seat.user, now=NOW)
    db.session.commit()
    begin_reading(True)
    assert start(data, die_at="settled").wait(90) == -9
    assert stage() == Stage.APPLYING
    with running(data):
        until_true(lambda: stage() == Stage.APPLIED)
    assert set(db.session.scalars(select(ItemProgress.points))) == {8}
    assert db.session.query(Notice).filter_by(kind="rejudged").count() == 3
    assert db.session.query(Verdict).count() == 6
    assert all(db.session.scalars(select(Rerun.taken)))


def assert_says_where_it_came_from(verdicts: list[Verdict], item: Exercise, digest: str) -> None:
    assert len(verdicts) == 6
    exercises = set()
    for verdict in verdicts:
        run = db.session.get_one(Submission, verdict.submission_id)
        made = verdict.result["provenance"]
        exercises.add(made["exercise"])
        assert made["image"] == {"recipe": "process", "id": "process"}
        assert (made["seconds"], made["memory"], made["seed"]) == (2, "small", run.seed)
        assert made["cpu_seconds"] > 0
        phases = [datetime.fromisoformat(made["phases"][name]) for name in ("started", "ran", "checked", "recorded")]
        assert phases == sorted(phases)
        assert datetime.fromisoformat(made["phases"]["queued"]) == run.submitted_at
        assert phases[-1] == verdict.recorded_at
    assert item.digest in exercises and len(exercises) == 2


def test_the_page_of_a_submission_shows_staff_where_its_verdict_came_from(
    site: Flask, seat: Seat, initials: Exercise
) -> None:
    id = submitted(seat, initials, "t").id
    begin_reading(True)
    with running(settings().data_folder):
        until(State.GRADED, id)
    begin_reading(False)
    teacher = signed_in(site.test_client(), person("Teacher", role=Role.INSTRUCTOR))
    seen = teacher.get(f"/staff/submissions/{id}").get_data(as_text=True)
    made = db.session.scalars(select(Verdict)).one().result["provenance"]
    shown = (
        *(initials.digest[:12], seat.version.digest[:12], "process", "2 s of processor time", "small"),
        *("Queued", "Started", "Open checks done", "All checks done", "Recorded", "Processor time", "Memory at most"),
    )
    assert [text for text in shown if text not in seen] == []
    assert f"<dd>{made['seed']}</dd>" in seen
    learner = signed_in(site.test_client(), seat.user).get(f"/submissions/{id}").get_data(as_text=True)
    assert initials.digest[:12] not in learner
