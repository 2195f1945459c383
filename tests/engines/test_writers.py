"""PostgreSQL lets many write at once. What SQLite's one writer made safe is safe there too."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts import granting, tokens
from app.accounts.models import Role, TokenPurpose, User
from app.credentials import issuing
from app.credentials.models import Certificate
from app.db import begin_reading, db
from app.errors import Refused
from app.grading import drafts, queueing, submitting
from app.grading.models import Draft, Purpose, State, Submission
from app.grading.seats import Seat
from app.learning import progress
from app.learning.models import Enrolment, ItemProgress
from app.notices import delivering
from app.notices.telling import tell
from graders.course import Exercise
from tests.grading.rows import NOW, course, person, queued
from tests.together import at_once

pytestmark = pytest.mark.engines


def test_no_row_is_taken_twice_and_of_a_learner_one_runs_at_a_time(site: Flask) -> None:
    version, learners = course(), [person() for _ in range(6)]
    for n in range(30):
        queued(learners[n % 6], version, after=n, item=f"u/{n}")
    db.session.commit()

    def take(name: str) -> list[int]:
        taken = []
        while (claim := queueing.claim(name, now=NOW)) is not None:
            taken.append(claim.submission_id)
            db.session.commit()
        return taken

    came = at_once(site, [lambda n=n: take(f"w{n}") for n in range(8)])
    taken = [id for ids in came for id in ids]  # type: ignore[attr-defined]
    assert len(taken) == len(set(taken)) == 6
    running = db.session.query(Submission).where(Submission.state == State.RUNNING)
    assert Counter(row.user_id for row in running) == {learner.id: 1 for learner in learners}


def test_what_is_being_recorded_is_not_swept(site: Flask) -> None:
    row = queued(person(), course())
    claim = queueing.claim("w", now=NOW)
    assert claim is not None
    db.session.commit()
    late = NOW + timedelta(minutes=5)
    queueing.held(claim).state = State.GRADED
    db.session.flush()
    swept: list[int] = []

    def sweep() -> None:
        with site.app_context():
            begin_reading(False)
            swept.append(queueing.sweep(now=late))
            db.session.commit()

    other = threading.Thread(target=sweep)
    other.start()
    other.join(60)
    db.session.commit()
    assert swept == [0]
    assert db.session.get_one(Submission, row.id).state == State.GRADED


def hand_in(seat: Seat, item: Exercise, token: str) -> Callable[[], object]:
    user, taking = seat.user.id, seat.enrolment.id if seat.enrolment else 0

    def act() -> object:
        here = db.session.get_one(Enrolment, taking)
        own = Seat(user=db.session.get_one(User, user), version=here.version, enrolment=here)
        files: list[dict[str, object]] = []
        return submitting.submit(
            own, item, Purpose.SUBMIT, files, form_token=token, language="az", per_hour=20, now=NOW
        ).id

    return act


def test_a_form_sent_twice_at_the_same_moment_is_one_submission(site: Flask, seat: Seat, initials: Exercise) -> None:
    came = at_once(site, [hand_in(seat, initials, "t")] * 4)
    assert came == [came[0]] * 4
    assert db.session.query(Submission).count() == 1


def test_of_submissions_sent_at_the_same_moment_one_waits(site: Flask, seat: Seat, initials: Exercise) -> None:
    came = at_once(site, [hand_in(seat, initials, f"t{n}") for n in range(4)])
    assert len(set(came)) == 4
    states = Counter(row.state for row in db.session.query(Submission))
    assert states == {State.QUEUED: 1, State.REPLACED: 3}


def test_two_tabs_that_save_at_the_same_moment_lose_nothing(site: Flask, seat: Seat, initials: Exercise) -> None:
    user, version = seat.user.id, seat.version.id

    def save(text: str) -> Callable[[], object]:
        def act() -> object:
            own = Seat(user=db.session.get_one(User, user), version=db.session.get_one(type(seat.version), version))
            return drafts.save(own, initials.key, {"a.py": text}, revision=0, now=NOW).clashed

        return act

    came = at_once(site, [save("one"), save("two"), save("three")])
    assert sorted(came) == [False, True, True]  # type: ignore[type-var]
    assert db.session.query(Draft).count() == 1
    kept = {copy.files["a.py"] for copy in drafts.copies(seat, initials.key)}
    assert kept | {db.session.query(Draft).one().files["a.py"]} == {"one", "two", "three"}


def test_the_last_two_items_done_at_the_same_moment_finish_the_course(site: Flask, seat: Seat) -> None:
    assert seat.enrolment is not None
    taking = seat.enrolment.id
    items = [item for _unit, item in seat.course.items()]
    for item in items[2:]:
        row = progress.item_row(seat.enrolment, item.key, now=NOW)
        row.done_at, row.points, row.max_points = NOW, item.max_points, item.max_points

    def finish(key: str, points: float) -> Callable[[], object]:
        def act() -> object:
            here = db.session.get_one(Enrolment, taking)
            row = progress.item_row(here, key, now=NOW)
            row.done_at, row.points, row.max_points = NOW, points, points
            progress.settle(here, now=NOW)
            time.sleep(0.3)  # not committed yet: who did not wait would look now

        return act

    came = at_once(site, [finish(item.key, item.max_points) for item in items[:2]])
    assert came == [None, None]
    assert db.session.query(ItemProgress).count() == len(items)
    assert db.session.get_one(Enrolment, taking).completed_at is not None


def test_two_workers_issue_one_certificate(site: Flask, seat: Seat) -> None:
    assert seat.enrolment is not None
    seat.enrolment.completed_at, seat.enrolment.score = NOW, 1.0
    seat.user.certificate_name_confirmed_at = NOW
    came = at_once(site, [lambda: issuing.issue_due(NOW)] * 4)
    assert not [problem for problem in came if isinstance(problem, Exception)]
    assert db.session.query(Certificate).count() == 1


def test_two_workers_send_a_mail_once(site: Flask) -> None:
    for n in range(5):
        tell(None, f"p{n}@example.org", "az", "confirm_email", {"name": "P", "token": "t"}, key=f"k{n}", now=NOW)
    came = at_once(site, [lambda: delivering.deliver_due(now=NOW)] * 3)
    assert sum(came) == 5  # type: ignore[arg-type]


def test_a_link_opened_twice_at_the_same_moment_is_used_once(site: Flask) -> None:
    secret = tokens.hand_out(person(), TokenPurpose.RESET_PASSWORD, now=NOW)

    def use() -> bool:
        token = tokens.find(secret, TokenPurpose.RESET_PASSWORD, now=NOW)
        if token is not None:
            token.used_at = NOW
        return token is not None

    assert sorted(at_once(site, [use] * 4)) == [False, False, False, True]  # type: ignore[type-var]


def test_two_administrators_cannot_take_the_role_from_each_other(site: Flask) -> None:
    people = [person(), person()]
    grants = [granting.grant(user, Role.ADMINISTRATOR, by=None, now=NOW).id for user in people]
    ids = [user.id for user in people]

    def take(number: int) -> Callable[[], object]:
        def act() -> object:
            given = db.session.get_one(granting.Grant, grants[number])
            return granting.revoke(given, by=db.session.get_one(User, ids[1 - number]), now=NOW)

        return act

    came = at_once(site, [take(0), take(1)])
    assert sum(isinstance(one, Refused) for one in came) == 1
    assert db.session.query(granting.Grant).count() == 1
