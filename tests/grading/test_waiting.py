"""What a learner is told of the wait, learnt from what was graded here."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.db import db
from app.grading import beating, rules, waiting
from app.grading.models import State as S
from app.grading.models import Submission, Verdict
from tests.grading.rows import NOW, course, person, queued


def graded(took: float, *, waited: float = 0.0, promised: float | None = None, **columns: object) -> Submission:
    """Graded at NOW after `took` seconds in a slot, and `waited` before."""
    began = NOW - timedelta(seconds=took)
    row = queued(person(), columns.pop("version", None) or course(), state=S.GRADED, started_at=began, **columns)  # type: ignore[arg-type]
    row.submitted_at, row.promised_seconds = began - timedelta(seconds=waited), promised
    row.verdict = Verdict(submission_id=row.id, status="passed", points=1, max_points=1, result={}, recorded_at=NOW)
    db.session.flush()
    return row


def seconds(row: Submission, *, slots: int = 2, now: datetime = NOW) -> float:
    return waiting.place_of(row, slots=slots, now=now).seconds


def test_before_anything_was_graded_a_guess_is_made(site: Flask) -> None:
    assert seconds(queued(person(), course())) == rules.TYPICAL_SECONDS


def test_an_exercise_is_expected_to_take_what_it_took_lately(site: Flask) -> None:
    version = course()
    for took in (4.0, 6.0):
        graded(took, version=version, item="u/slow", kind="notebook")
    graded(1.0, version=version, item="u/quick")
    assert seconds(queued(person(), version, item="u/slow", kind="notebook")) == pytest.approx(5)
    quick = queued(person(), version, after=1, item="u/quick")
    assert seconds(quick) == pytest.approx(1)
    assert seconds(quick, slots=1) == pytest.approx(6)


def test_a_new_exercise_is_expected_to_take_what_its_kind_does(site: Flask) -> None:
    graded(4.0, kind="notebook")
    graded(2.0, kind="function")
    assert seconds(queued(person(), course(), item="u/new", kind="notebook")) == pytest.approx(4)
    assert seconds(queued(person(), course(), item="u/new", kind="program")) == pytest.approx(3)


def test_quizzes_teach_nothing_about_slots(site: Flask) -> None:
    graded(0.0, kind="quiz")
    assert seconds(queued(person(), course())) == rules.TYPICAL_SECONDS


def test_what_runs_longer_than_expected_may_end_at_any_moment(site: Flask) -> None:
    version = course()
    graded(2.0, version=version)
    queued(person(), version, state=S.RUNNING, started_at=NOW - timedelta(seconds=60))
    row = queued(person(), version, after=1)
    assert seconds(row, slots=1) == pytest.approx(2)


def test_slots_are_those_of_the_workers_that_live(site: Flask) -> None:
    for name, slots, ago in (("a", 2, 1), ("b", 3, 2), ("dead", 8, 60)):
        beating.beat(name, grading=True, report={"slots": slots}, now=NOW - timedelta(seconds=ago))
    assert beating.slots(now=NOW) == 5


def test_a_promise_is_made_only_while_something_is_graded(site: Flask) -> None:
    row = queued(person(), course())
    waiting.promise(row, slots=2, now=NOW)
    assert row.promised_seconds is None
    beating.beat("w", grading=True, report={"slots": 2}, now=NOW)
    waiting.promise(row, slots=2, now=NOW)
    assert row.promised_seconds == rules.TYPICAL_SECONDS


def test_promises_are_held_against_what_came(site: Flask) -> None:
    assert waiting.promise_error() is None
    for promised in (9.0, 11.0, 15.0):
        graded(2.0, waited=8.0, promised=promised)
    graded(2.0, waited=8.0)  # nothing was promised
    graded(2.0, waited=100.0, promised=1.0, failures=1)  # failed by our fault in between
    assert waiting.promise_error() == pytest.approx(0.1)


def test_the_wait_asks_three_queries_whatever_waits(site: Flask, counting) -> None:  # type: ignore[no-untyped-def]
    version = course()
    rows = [queued(person(), version, after=n) for n in range(30)]
    db.session.commit()
    row = db.session.get_one(Submission, rows[-1].id)
    with counting() as statements:
        waiting.place_of(row, slots=2, now=NOW)
    assert len([one for one in statements if one.startswith("SELECT")]) == 3


def test_thousands_who_ask_are_answered_from_one_look_at_the_queue(
    site: Flask,
    counting,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = course()
    rows = [queued(person(), version, after=n) for n in range(40)]
    db.session.commit()
    exact = [waiting.place_of(row, slots=2, now=NOW) for row in rows]
    assert [one.place for one in exact] == list(range(1, 41))
    monkeypatch.setattr(waiting, "LONG", 1)  # a queue of forty is a long one
    first = queued(person(), version)
    db.session.commit()
    lane = first.lane  # read anew here, not while statements are counted
    [row.id for row in rows]
    assert first.id and lane
    with counting() as statements:
        told = [waiting.place_of(row, slots=2, now=NOW) for row in rows]
        newcomer = waiting.place_of(first, slots=2, now=NOW)
    assert statements == []
    assert [one.place for one in told] == [one.place for one in exact]
    assert all(0 < one.seconds <= before.seconds for one, before in zip(told, exact, strict=True))
    assert newcomer.place == 41


def test_what_was_recorded_long_ago_is_not_gone_through(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    version = course()
    graded(9.0, version=version, promised=9.0)
    monkeypatch.setattr(waiting, "LOOKED_AT", 2)
    for _ in range(2):
        graded(0.0, kind="quiz")
    assert seconds(queued(person(), version)) == rules.TYPICAL_SECONDS
    assert waiting.promise_error() is None
