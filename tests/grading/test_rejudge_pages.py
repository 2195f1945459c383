"""The pages on which staff grade again, and what learners see of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role
from app.db import db
from app.grading import comparing, rejudging
from app.grading.models import Purpose, Rejudge, Rerun, Stage, Submission, Which
from app.grading.seats import Seat
from graders.course import Exercise
from tests.factories import person, signed_in
from tests.grading.again import LATER, another, begin, corrected, everything, handed_in, nothing, run_all, settle
from tests.grading.verdicts import SECRET


@pytest.fixture
def teacher(client: FlaskClient, seat: Seat) -> FlaskClient:
    return signed_in(client, person("Teacher", role=Role.INSTRUCTOR, course_slug=seat.version.course.slug))


@pytest.fixture
def at(seat: Seat) -> str:
    return f"/staff/rejudges/{seat.version.course.slug}"


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def applied(seat: Seat, rejudge: Rejudge, *, never_lower: bool = False) -> None:
    rejudging.apply(rejudge, reason=rejudge.reason, never_lower=never_lower, by=seat.user, now=LATER)
    settle()


def test_an_instructor_begins_looks_and_applies(teacher: FlaskClient, at: str, seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    assert "Nothing was graded again" in text(teacher, at)
    form = {"item": initials.key, "which": "best", "reason": "The second check was wrong"}
    answer = teacher.post(at, data=form)
    page = answer.headers["Location"]
    assert answer.status_code == 303
    assert "0 of 1 graded again" in text(teacher, page)
    assert 'hx-trigger="every 2s"' in text(teacher, page)
    run_all(initials, everything)
    seen = text(teacher, page)
    assert "Apply the new results" in seen
    assert 'hx-trigger="every 2s"' not in seen
    assert teacher.post(f"{page}/apply", data={"reason": "Said anew", "never_lower": "y"}).status_code == 303
    assert "0 of 1 applied" in text(teacher, page)
    settle()
    assert "1 new verdict is in force" in text(teacher, page)
    rejudge = db.session.scalars(select(Rejudge)).one()
    assert (rejudge.stage, rejudge.reason, rejudge.never_lower) == (Stage.APPLIED, "Said anew", True)


def test_what_is_refused_is_said_in_the_form(teacher: FlaskClient, at: str, initials: Exercise) -> None:
    answer = teacher.post(at, data={"item": initials.key, "which": "best", "reason": "r"})
    assert "Nothing was handed in to this exercise yet." in answer.get_data(as_text=True)
    answer = teacher.post(at, data={"item": initials.key, "which": "best", "reason": ""})
    assert "Give a reason" in answer.get_data(as_text=True)


def test_a_preview_can_be_dropped_on_its_page(teacher: FlaskClient, at: str, seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    rejudge = begin(seat)
    assert teacher.post(f"{at}/{rejudge.id}/drop").status_code == 303
    assert "Nothing of this preview came into force." in text(teacher, f"{at}/{rejudge.id}")
    assert "Dropped" in text(teacher, at)


def test_the_two_verdicts_stand_side_by_side(teacher: FlaskClient, at: str, seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    rejudge = begin(seat)
    run_all(initials, lambda _run, check: check == "two-words")
    rerun = db.session.scalars(select(Rerun)).one()
    seen = text(teacher, f"{at}/{rejudge.id}/{rerun.id}")
    assert "2 / 10" in seen and "0 / 10" in seen
    assert SECRET in seen  # an instructor sees what hidden checks saw
    assert seen.count("changed") >= 1
    assert teacher.get(f"/staff/submissions/{rerun.run_id}").headers["Location"].endswith(f"{rejudge.id}/{rerun.id}")
    picture = teacher.get(f"/staff/submissions/{rerun.submission_id}/checks/none/0.png?verdict={rerun.before_id}")
    assert picture.mimetype == "image/png"


def test_old_verdicts_stay_and_staff_open_them(teacher: FlaskClient, seat: Seat, initials: Exercise) -> None:
    submission = handed_in(seat, initials, right=False)
    old = submission.verdict_id
    applied(seat, _finished(seat, initials))
    page = f"/staff/submissions/{submission.id}"
    seen = text(teacher, page)
    assert f"{page}?verdict={old}" in seen
    assert "The first check was wrong." in seen
    former = text(teacher, f"{page}?verdict={old}")
    assert "This verdict is no longer in force." in former
    assert "0 / 10" in former
    strange = handed_in(another(seat), initials, right=True, after=3)
    db.session.commit()
    assert teacher.get(f"{page}?verdict={strange.verdict_id}").status_code == 404


def _finished(seat: Seat, initials: Exercise, passes: Callable[..., bool] = everything) -> Rejudge:
    rejudge = begin(seat)
    run_all(initials, passes)
    return rejudge


def test_the_learner_reads_why_and_what_it_was_before_and_nothing_hidden(
    client: FlaskClient, seat: Seat, initials: Exercise
) -> None:
    submission = handed_in(seat, initials, right=True)
    applied(seat, _finished(seat, initials, nothing))
    seen = text(signed_in(client, seat.user), f"/submissions/{submission.id}")
    assert "The first check was wrong." in seen
    assert "10 / 10" in seen
    assert SECRET not in seen
    run = db.session.scalars(select(Submission).where(Submission.purpose == Purpose.REJUDGE)).one()
    for path in ("", "/result", "/files/0"):
        assert client.get(f"/submissions/{run.id}{path}").status_code == 404


def test_a_learner_cannot_hand_in_as_a_rejudge(client: FlaskClient, seat: Seat) -> None:
    assert seat.enrolment is not None
    at = f"/learn/{seat.enrolment.id}/functions/initials/hand-in"
    answer = signed_in(client, seat.user).post(at, data={"purpose": "rejudge", "form_token": "x"})
    assert answer.status_code == 400


def test_the_learner_sees_the_checks_of_the_version_that_judged(
    client: FlaskClient, seat: Seat, initials: Exercise, tmp_path: Path
) -> None:
    submission = handed_in(seat, initials, right=False)
    version = corrected(seat, tmp_path, old='id = "two-words"', new='id = "a-new-name"')
    renewed = seat_item(seat)
    applied(seat, _finished(seat, renewed))
    seen = text(signed_in(client, seat.user), f"/submissions/{submission.id}")
    assert seen.index("check-a-new-name") < seen.index("check-four-words") < seen.index("check-nobody")
    assert submission.verdict is not None
    assert version.digest[:12] in text(_teacher(client, seat), f"/staff/submissions/{submission.id}")


def seat_item(seat: Seat) -> Exercise:
    assert seat.enrolment is not None
    item = Seat(user=seat.user, version=seat.enrolment.version, enrolment=seat.enrolment).course.item(
        "functions/initials"
    )
    assert isinstance(item, Exercise)
    return item


def _teacher(client: FlaskClient, seat: Seat) -> FlaskClient:
    return signed_in(client, person("Teacher", role=Role.INSTRUCTOR, course_slug=seat.version.course.slug))


def test_a_preview_of_a_thousand_is_paginated_and_makes_as_many_queries_as_one_of_three(
    teacher: FlaskClient,
    at: str,
    seat: Seat,
    initials: Exercise,
    counting: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    handed_in(seat, initials, right=False)
    small = _finished(seat, initials)
    with counting() as few:
        text(teacher, f"{at}/{small.id}?change=up")
    large = _grown(small, 1100)
    address = f"{at}/{large.id}?change=up&page=3"
    with counting() as many:
        seen = text(teacher, address)
    assert len(many) == len(few)
    assert seen.count("<tr>") == comparing.PAGE + 1
    assert "1100" in seen and 'aria-current="page">3<' in seen
    assert comparing.lines(large, "up", page=23) == []


def _grown(rejudge: Rejudge, count: int) -> Rejudge:
    """The preview with as many submissions as asked for, of as many attempts of the same learner."""
    first = db.session.scalars(select(Rerun)).one()
    assert first.run is not None
    for n in range(count - 1):
        copies = [_copy(row, f"{row.id}-{n}") for row in (first.submission, first.run)]
        db.session.add_all(copies)
        db.session.flush()
        db.session.add(
            Rerun(rejudge=rejudge, submission=copies[0], run=copies[1], before_id=first.before_id, taken=False)
        )
    db.session.commit()
    assert rejudge.id  # read anew here, not while statements are counted
    return rejudge


def _copy(row: Submission, token: str) -> Submission:
    values = {column.key: getattr(row, column.key) for column in Submission.__table__.columns if column.key != "id"}
    return Submission(**values | {"form_token": token})


def test_the_list_of_former_ones_is_paginated(teacher: FlaskClient, at: str, seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    for _n in range(comparing.LISTED + 1):
        rejudging.drop(begin(seat, Which.ALL), by=seat.user, now=LATER)
    db.session.commit()
    assert text(teacher, at).count("<tr>") == comparing.LISTED + 1
    assert text(teacher, f"{at}?page=2").count("<tr>") == 2
