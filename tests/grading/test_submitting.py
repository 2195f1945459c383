import dataclasses
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.blobs import Blobs
from app.db import db
from app.errors import Refused
from app.grading import submitting
from app.grading.models import Lane, Purpose, State, Submission
from app.grading.seats import Seat
from app.learning import progress
from app.learning.models import Cohort, UnitDue
from app.web import settings
from graders.course import Exercise
from tests.grading.rows import NOW, person

MINUTE = timedelta(minutes=1)


def hand_in(
    seat: Seat,
    item: Exercise,
    *,
    token: str,
    purpose: Purpose = Purpose.SUBMIT,
    after: timedelta = MINUTE,
    per_hour: int = 20,
) -> Submission:
    return submitting.submit(
        seat, item, purpose, [], form_token=token, language="az", per_hour=per_hour, now=NOW + after
    )


def graded(submission: Submission) -> Submission:
    submission.state = State.GRADED
    db.session.flush()
    return submission


def limited(item: Exercise, **facts: int) -> Exercise:
    return dataclasses.replace(item, **facts)


def test_a_form_sent_twice_is_one_submission(seat: Seat, initials: Exercise) -> None:
    first = hand_in(seat, initials, token="t")
    assert hand_in(seat, initials, token="t").id == first.id
    assert db.session.query(Submission).count() == 1


def test_the_same_token_of_another_person_is_another_submission(seat: Seat, walker: Seat, initials: Exercise) -> None:
    assert hand_in(seat, initials, token="t").id != hand_in(walker, initials, token="t").id


def test_a_new_submission_takes_the_place_of_one_still_waiting(seat: Seat, initials: Exercise) -> None:
    first, second = hand_in(seat, initials, token="a"), hand_in(seat, initials, token="b")
    db.session.refresh(first)
    assert (first.state, second.state) == (State.REPLACED, State.QUEUED)


def test_a_replaced_submission_is_no_attempt(seat: Seat, initials: Exercise) -> None:
    hand_in(seat, limited(initials, attempts=2), token="a")
    hand_in(seat, limited(initials, attempts=2), token="b")
    assert submitting.attempts_of(seat, limited(initials, attempts=2), now=NOW).left == 1


def test_a_check_does_not_take_the_place_of_a_waiting_submission(seat: Seat, initials: Exercise) -> None:
    counted = hand_in(seat, initials, token="a")
    hand_in(seat, initials, token="b", purpose=Purpose.CHECK)
    db.session.refresh(counted)
    assert counted.state == State.QUEUED


def test_a_fourth_attempt_is_refused(seat: Seat, initials: Exercise) -> None:
    item = limited(initials, attempts=3)
    for token in "abc":
        graded(hand_in(seat, item, token=token))
    with pytest.raises(Refused, match="all are used"):
        hand_in(seat, item, token="d")


def test_runs_and_checks_are_nobodys_attempt(seat: Seat, initials: Exercise) -> None:
    item = limited(initials, attempts=1)
    graded(hand_in(seat, item, token="a", purpose=Purpose.CHECK))
    graded(hand_in(seat, item, token="b", purpose=Purpose.RUN))
    assert submitting.attempts_of(seat, item, now=NOW).used == 0


def test_what_we_could_not_grade_is_no_attempt(seat: Seat, initials: Exercise) -> None:
    item = limited(initials, attempts=1)
    hand_in(seat, item, token="a").state = State.QUARANTINED
    db.session.flush()
    assert submitting.attempts_of(seat, item, now=NOW).left == 1


def test_attempts_before_a_reset_do_not_count_as_used(seat: Seat, initials: Exercise) -> None:
    item = limited(initials, attempts=1)
    graded(hand_in(seat, item, token="a"))
    assert seat.enrolment is not None
    progress.item_row(seat.enrolment, item.key, now=NOW).attempts_reset_at = NOW + 2 * MINUTE
    db.session.flush()
    assert submitting.attempts_of(seat, item, now=NOW).left == 1


def test_a_cooldown_says_how_long_to_wait(seat: Seat, initials: Exercise) -> None:
    item = limited(initials, cooldown=60)
    graded(hand_in(seat, item, token="a", after=timedelta(seconds=0)))
    with pytest.raises(Refused, match="15 more seconds"):
        hand_in(seat, item, token="b", after=timedelta(seconds=45))
    assert hand_in(seat, item, token="c", after=timedelta(seconds=60)).state == State.QUEUED


def test_more_than_the_hourly_limit_is_refused_even_with_unlimited_attempts(seat: Seat, initials: Exercise) -> None:
    for token in "ab":
        graded(hand_in(seat, initials, token=token, per_hour=2))
    with pytest.raises(Refused, match="within an hour") as refusal:
        hand_in(seat, initials, token="c", per_hour=2)
    assert refusal.value.status == 429
    assert hand_in(seat, initials, token="d", per_hour=2, after=timedelta(minutes=62)).state == State.QUEUED


def test_a_submission_after_the_due_moment_is_taken_and_marked_late(seat: Seat, initials: Exercise) -> None:
    assert seat.enrolment is not None
    cohort = Cohort(
        course=seat.version.course,
        name="Group",
        language="az",
        starts_on=NOW.date(),
        join_code="abc",
        created_by=seat.user.id,
        created_at=NOW,
    )
    db.session.add(cohort)
    db.session.flush()
    seat.enrolment.cohort = cohort
    db.session.add(UnitDue(cohort_id=cohort.id, unit="functions", due_at=NOW + MINUTE))
    db.session.flush()
    assert not graded(hand_in(seat, initials, token="a", after=MINUTE)).late
    assert hand_in(seat, initials, token="b", after=2 * MINUTE).late


def test_who_left_the_course_hands_nothing_in(seat: Seat, initials: Exercise) -> None:
    assert seat.enrolment is not None
    seat.enrolment.left_at = NOW
    with pytest.raises(Refused, match="left this course"):
        hand_in(seat, initials, token="a")


def test_an_author_walking_a_draft_waits_behind_learners(walker: Seat, initials: Exercise) -> None:
    assert hand_in(walker, initials, token="a").lane == Lane.AUTHORS


def test_the_seed_is_one_of_sixty_four(seat: Seat, initials: Exercise) -> None:
    seeds = {graded(hand_in(seat, initials, token=f"t{n}", per_hour=1000)).seed for n in range(200)}
    assert min(seeds) >= 0
    assert max(seeds) < 64
    assert len(seeds) > 10


def test_nothing_is_written_when_the_disk_is_nearly_full(site: Flask) -> None:
    blobs = Blobs(settings().data_folder / "blobs", reserve=1 << 60)
    with pytest.raises(Refused, match="nearly full"):
        submitting.store({"a.py": b"x = 1"}, blobs)
    assert not [path for path in blobs.folder.rglob("*") if path.is_file()]


def test_stored_files_are_named_by_their_bytes(site: Flask) -> None:
    blobs = Blobs(settings().data_folder / "blobs")
    (stored,) = submitting.store({"a.py": b"x = 1"}, blobs)
    assert blobs.get(stored["sha256"]) == b"x = 1"
    assert (stored["name"], stored["size"]) == ("a.py", 5)


def test_hints_are_taken_one_by_one_and_cost_what_is_handed_in_afterwards(seat: Seat, initials: Exercise) -> None:
    hint = dataclasses.replace(initials.hints[0], cost=2)
    item = dataclasses.replace(initials, hints=(hint, hint))
    before = graded(hand_in(seat, item, token="a"))
    with pytest.raises(Refused, match="one by one"):
        submitting.take_hint(seat, item, 2, now=NOW)
    submitting.take_hint(seat, item, 1, now=NOW)
    submitting.take_hint(seat, item, 1, now=NOW)
    after = hand_in(seat, item, token="b")
    assert (before.hint_cost, after.hint_cost) == (0, 2)


def test_another_learner_is_not_touched(seat: Seat, initials: Exercise) -> None:
    mine = hand_in(seat, initials, token="a")
    other = Seat(user=person(), version=seat.version)
    hand_in(other, initials, token="a")
    db.session.refresh(mine)
    assert mine.state == State.QUEUED
    assert len(db.session.scalars(select(Submission)).all()) == 2
