from datetime import timedelta

import pytest
from flask import Flask

from app.db import db
from app.grading import queueing, waiting
from app.grading.models import CheckRow, Lane, State, Submission, WorkerState
from tests.grading.rows import NOW, course, person, queued

SECOND = timedelta(seconds=1)


def claim_all(*, finish: bool = True) -> list[int]:
    """Ids in the order they are given to slots; each is graded at once."""
    taken = []
    while (claim := queueing.claim("w", now=NOW + len(taken) * SECOND)) is not None:
        taken.append(claim.submission_id)
        if finish:
            queueing.held(claim).state = State.GRADED
    return taken


def test_the_oldest_of_equals_is_next(site: Flask) -> None:
    version = course()
    later, earlier = queued(person(), version, after=5), queued(person(), version, after=1)
    assert claim_all() == [earlier.id, later.id]


def test_a_learner_who_sends_much_waits_for_those_who_sent_little(site: Flask) -> None:
    version, busy, calm = course(), person(), person()
    many = [queued(busy, version, after=n, item=f"u/{n}") for n in range(3)]
    one = queued(calm, version, after=10)
    assert claim_all() == [many[0].id, one.id, many[1].id, many[2].id]


def test_a_course_with_many_learners_does_not_hold_up_another(site: Flask) -> None:
    large, small = course(), course()
    crowd = [queued(person(), large, after=n) for n in range(3)]
    one = queued(person(), small, after=10)
    assert claim_all() == [crowd[0].id, one.id, crowd[1].id, crowd[2].id]


def test_learners_come_before_authors_and_those_before_a_rejudge(site: Flask) -> None:
    version = course()
    again = queued(person(), version, after=1, lane=Lane.REJUDGE)
    author = queued(person(), version, after=2, lane=Lane.AUTHORS)
    learner = queued(person(), version, after=3)
    assert claim_all() == [learner.id, author.id, again.id]


def test_of_one_learner_one_submission_runs_at_a_time(site: Flask) -> None:
    version, learner = course(), person()
    first, second = queued(learner, version, item="u/a"), queued(learner, version, after=1, item="u/b")
    assert claim_all(finish=False) == [first.id]
    first.state = State.GRADED
    assert claim_all(finish=False) == [second.id]


def test_the_place_shown_is_the_place_taken(site: Flask) -> None:
    large, small, busy = course(), course(), person()
    rows = [queued(busy, large, after=n, item=f"u/{n}") for n in range(3)]
    rows += [queued(person(), large, after=10 + n) for n in range(3)]
    rows += [queued(person(), small, after=20 + n) for n in range(2)]
    places = {row.id: waiting.place_of(row, slots=1, now=NOW).place for row in rows}
    assert [places[id] for id in claim_all()] == list(range(1, len(rows) + 1))


def test_a_lost_lease_refuses_what_was_found_out(site: Flask) -> None:
    row = queued(person(), course())
    old = queueing.claim("w", now=NOW)
    assert old is not None
    assert queueing.sweep(now=NOW + timedelta(seconds=31)) == 1
    new = queueing.claim("v", now=NOW + timedelta(seconds=60))
    assert new is not None
    assert new.submission_id == row.id
    with pytest.raises(queueing.LeaseLost):
        queueing.held(old)
    assert queueing.held(new).id == row.id


def test_a_renewed_lease_is_not_swept(site: Flask) -> None:
    queued(person(), course())
    claim = queueing.claim("w", now=NOW)
    assert claim is not None
    queueing.renew([claim.token], now=NOW + timedelta(seconds=20))
    assert queueing.sweep(now=NOW + timedelta(seconds=40)) == 0
    assert queueing.sweep(now=NOW + timedelta(seconds=51)) == 1


def test_the_third_failure_of_ours_sets_a_submission_aside_for_staff(site: Flask) -> None:
    row = queued(person(), course())
    for n in range(3):
        claim = queueing.claim("w", now=NOW + timedelta(minutes=n))
        assert claim is not None
        queueing.give_back(queueing.held(claim), "the engine hung", counts=True, now=NOW + timedelta(minutes=n))
    assert row.state == State.QUARANTINED
    assert row.last_failure == "the engine hung"
    assert queueing.claim("w", now=NOW + timedelta(hours=1)) is None


def test_what_failed_is_not_tried_again_at_once(site: Flask) -> None:
    queued(person(), course())
    claim = queueing.claim("w", now=NOW)
    assert claim is not None
    queueing.give_back(queueing.held(claim), "the engine hung", counts=True, now=NOW)
    assert queueing.claim("w", now=NOW + SECOND) is None
    assert queueing.claim("w", now=NOW + 3 * SECOND) is not None


def test_an_engine_that_is_away_quarantines_nothing(site: Flask) -> None:
    row = queued(person(), course())
    for n in range(5):
        claim = queueing.claim("w", now=NOW + timedelta(minutes=n))
        assert claim is not None
        queueing.give_back(queueing.held(claim), "no engine", counts=False, now=NOW + timedelta(minutes=n))
    assert row.state == State.QUEUED


def test_a_worker_that_starts_takes_back_the_leases_of_its_dead_self_only(site: Flask) -> None:
    version = course()
    mine, others = queued(person(), version), queued(person(), version, after=1)
    queueing.claim("me", now=NOW)
    queueing.claim("somebody else", now=NOW)
    assert queueing.take_back("me", now=NOW) == 1
    db.session.expire_all()
    assert (mine.state, others.state) == (State.QUEUED, State.RUNNING)


def test_checks_of_a_run_that_was_given_back_are_forgotten(site: Flask) -> None:
    queued(person(), course())
    claim = queueing.claim("w", now=NOW)
    assert claim is not None
    db.session.add(CheckRow(submission_id=claim.submission_id, lease_token=claim.token, check_id="a", result={}))
    queueing.give_back(queueing.held(claim), "hung", counts=True, now=NOW)
    assert db.session.query(CheckRow).count() == 0


def test_grading_is_paused_without_a_living_worker_that_has_a_sandbox(site: Flask) -> None:
    assert queueing.grading_now(now=NOW).paused
    state = WorkerState(name="w", beat_at=NOW, grading=False, report={"reason": "Docker does not answer"})
    db.session.add(state)
    assert queueing.grading_now(now=NOW).reason == "Docker does not answer"
    state.grading = True
    assert not queueing.grading_now(now=NOW).paused
    assert queueing.grading_now(now=NOW + timedelta(seconds=16)).paused


def test_tries_are_forgotten_after_thirty_days_and_attempts_never(site: Flask) -> None:
    version = course()
    for purpose in ("run", "check", "submit"):
        queued(person(), version, purpose=purpose, state=State.GRADED)
    queueing.forget_tries(now=NOW + timedelta(days=31))
    assert [row.purpose for row in db.session.query(Submission)] == ["submit"]


def test_tries_are_asked_for_in_the_words_of_their_index(site: Flask, counting) -> None:  # type: ignore[no-untyped-def]
    """With parameters in their place neither engine would use an index of a part of the rows."""
    with counting() as statements:
        queueing.forget_tries(now=NOW)
    (words,) = [
        str(one.dialect_options["sqlite"]["where"]) for one in Submission.__table__.indexes if "tries" in one.name
    ]  # type: ignore[attr-defined,operator]
    assert [words in one for one in statements if one.startswith("SELECT")] == [True]
