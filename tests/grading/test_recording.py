from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import granting
from app.accounts.models import Role
from app.db import db
from app.grading import blaming, queueing, recording, submitting
from app.grading.models import CheckRow, Purpose, State, Submission, Verdict
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from app.notices.models import Notice
from graders.course import Exercise
from graders.verdict import CheckerError
from tests import factories
from tests.grading.rows import NOW
from tests.grading.verdicts import begun, grade, results, verdict_of

MINUTE = timedelta(minutes=1)


def hand_in(seat: Seat, item: Exercise, token: str, after: timedelta = MINUTE) -> Submission:
    return submitting.submit(
        seat, item, Purpose.SUBMIT, [], form_token=token, language="en", per_hour=99, now=NOW + after
    )


def progress_of(seat: Seat) -> ItemProgress:
    return db.session.scalars(select(ItemProgress)).one()


def test_a_verdict_is_refused_once_the_lease_is_gone(seat: Seat, initials: Exercise) -> None:
    submission = hand_in(seat, initials, "a")
    claim = begun(submission, initials)
    queueing.sweep(now=NOW + timedelta(hours=1))
    given = results(initials)
    with pytest.raises(queueing.LeaseLost):
        recording.record(claim, given[0], now=NOW)
    with pytest.raises(queueing.LeaseLost):
        recording.record(claim, verdict_of(initials, "submit", given), now=NOW)
    assert db.session.query(Verdict).count() == 0


def test_a_verdict_ends_the_lease_and_the_rows_of_its_checks(seat: Seat, initials: Exercise) -> None:
    submission = hand_in(seat, initials, "a")
    grade(submission, initials)
    assert submission.state == State.GRADED
    assert submission.lease_token is None
    assert db.session.query(CheckRow).count() == 0


def test_the_best_attempt_counts_however_the_last_went(seat: Seat, initials: Exercise) -> None:
    best = hand_in(seat, initials, "a")
    grade(best, initials, right=True)
    grade(hand_in(seat, initials, "b"), initials)
    assert (progress_of(seat).points, progress_of(seat).counting_submission_id) == (10, best.id)
    assert progress_of(seat).done_at is not None


def test_what_hints_cost_is_taken_off(seat: Seat, initials: Exercise) -> None:
    submission = hand_in(seat, initials, "a")
    submission.hint_cost = 4
    grade(submission, initials, right=True)
    assert progress_of(seat).points == 6


def test_checks_and_walks_of_drafts_count_for_nothing(seat: Seat, walker: Seat, initials: Exercise) -> None:
    check = submitting.submit(seat, initials, Purpose.CHECK, [], form_token="c", language="en", per_hour=9, now=NOW)
    grade(check, initials, right=True)
    grade(hand_in(walker, initials, "w"), initials, right=True)
    assert db.session.query(ItemProgress).count() == 0


def test_broken_checks_are_no_attempt_and_who_teaches_is_told_once(seat: Seat, initials: Exercise) -> None:
    teacher = factories.person("Teacher")
    granting.grant(teacher, Role.INSTRUCTOR, by=None, now=NOW, course_slug="sample_course")
    for token in "ab":
        submission = hand_in(seat, initials, token)
        claim = begun(submission, initials)
        blaming.set_aside(queueing.held(claim), CheckerError("nobody", "NameError: x"), now=NOW)
        assert submission.state == State.QUARANTINED
    assert submitting.attempts_of(seat, initials, now=NOW).used == 0
    told = db.session.scalars(select(Notice).where(Notice.kind == "checks_broke")).all()
    assert [notice.recipient_id for notice in told] == [teacher.id]


def test_who_had_to_wait_is_told_and_who_did_not_is_not(seat: Seat, initials: Exercise) -> None:
    grade(hand_in(seat, initials, "a"), initials, now=NOW + 2 * MINUTE)
    assert db.session.query(Notice).count() == 0
    grade(hand_in(seat, initials, "b"), initials, now=NOW + 5 * MINUTE)
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.kind, notice.recipient_id, notice.address) == ("graded", seat.user.id, None)
