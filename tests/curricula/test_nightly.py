"""What a night does, on real rows: allocation, due days, completion, renewal; and that a second one changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.curricula import completing, nightly, requirements
from app.curricula.models import DueDate, Source
from app.curricula.rules import Status
from app.db import db
from tests.curricula import people
from tests.curricula.people import DAY, noon, stands

START = date(2027, 1, 11)


@pytest.fixture
def agency(site: Flask) -> Organisation:
    return people.agency(START)


def night(day: date) -> nightly.Summary:
    return nightly.settle(day, noon(day))


def asked(agency: Organisation, *users: User, **said: object) -> object:
    """A requirement of one course, asked of these people from START on."""
    made = people.requirement(agency, START, "ethics", **said)
    group = people.audience(agency, START)
    people.put(group, users, START)
    requirements.attach(made, group, by=None, now=noon(START))
    return made


def test_an_obligation_is_pending_then_overdue_then_failed(agency: Organisation) -> None:
    user = people.employee(agency, START)
    asked(agency, user, due={"after": 30, "from": "assigned"}, closes_after_days=10)
    assert stands(user, START - DAY) is None
    for days, status in ((0, "pending"), (30, "pending"), (31, "overdue"), (40, "overdue"), (41, "failed")):
        night(START + timedelta(days=days))
        row = stands(user, START + timedelta(days=days))
        assert (row.status, row.due_on) == (status, START + timedelta(days=30)), days


def test_a_completed_course_is_valid_until_its_window_opens_and_is_renewed_by_a_new_taking(
    agency: Organisation,
) -> None:
    user = people.employee(agency, START)
    asked(agency, user, validity_months=12, window_days=60)
    people.take(user, "ethics", START + DAY, START + 3 * DAY)
    night(START + DAY)
    assert stands(user, START + DAY).status == Status.IN_PROGRESS
    night(START + 3 * DAY)
    done = stands(user, START + 3 * DAY)
    assert (done.status, done.expires_on) == (Status.VALID, date(2028, 1, 14))
    opens = date(2028, 1, 14) - timedelta(days=60)
    assert done.window_opens_on == opens
    night(opens)
    renewal = stands(user, opens)
    assert (renewal.status, renewal.number, renewal.due_on) == (Status.WINDOW_OPEN, 1, date(2028, 1, 13))
    assert stands(user, opens - DAY).status == Status.VALID
    people.take(user, "ethics", opens + DAY, opens + 2 * DAY)
    night(opens + 2 * DAY)
    assert stands(user, opens + 2 * DAY).status == Status.VALID
    assert [one.completed_on for one in people.periods(user)] == [START + 3 * DAY, opens + 2 * DAY]
    assert stands(user, opens + DAY).status == Status.WINDOW_OPEN  # what was said of that day stays


def test_a_second_night_changes_nothing(agency: Organisation) -> None:
    users = [people.employee(agency, START) for _n in range(4)]
    asked(agency, *users, due={"after": 5, "from": "assigned"}, validity_months=1, window_days=10)
    people.take(users[0], "ethics", START, START)
    people.take(users[1], "ethics", START)
    for days in range(0, 40, 3):
        night(START + timedelta(days=days))
        assert night(START + timedelta(days=days)) == nightly.Summary()


def test_what_asks_ends_with_the_last_source(agency: Organisation) -> None:
    user = people.employee(agency, START)
    made = people.requirement(agency, START, "ethics")
    groups = [people.audience(agency, START) for _n in range(2)]
    for group in groups:
        people.put(group, [user], START)
        requirements.attach(made, group, by=None, now=noon(START))
    assert len(db.session.scalars(select(Source)).all()) == 2
    people.put(groups[0], [], START + DAY)
    night(START + DAY)
    assert stands(user, START + DAY).status == Status.PENDING
    people.put(groups[1], [], START + 2 * DAY)
    night(START + 2 * DAY)
    assert stands(user, START + 2 * DAY).status == Status.ARCHIVED
    assert stands(user, START + DAY).status == Status.PENDING
    people.put(groups[1], [user], START + 9 * DAY)
    night(START + 9 * DAY)
    assert stands(user, START + 9 * DAY).status == Status.PENDING
    assert stands(user, START + 5 * DAY).status == Status.ARCHIVED


def test_who_comes_back_gets_a_new_due_day_and_the_old_one_stays_in_what_was_said(agency: Organisation) -> None:
    user = people.employee(agency, START)
    made = people.requirement(agency, START, "ethics", due={"after": 10, "from": "assigned"})
    group = people.audience(agency, START)
    people.put(group, [user], START)
    requirements.attach(made, group, by=None, now=noon(START))
    people.put(group, [], START + 15 * DAY)
    night(START + 15 * DAY)
    people.put(group, [user], START + 20 * DAY)
    night(START + 20 * DAY)
    assert stands(user, START + 20 * DAY).due_on == START + 30 * DAY
    assert (stands(user, START + 12 * DAY).status, stands(user, START + 12 * DAY).due_on) == (
        Status.OVERDUE,
        START + 10 * DAY,
    )


def test_a_changed_requirement_moves_due_days_from_its_first_day_on(agency: Organisation) -> None:
    user = people.employee(agency, START)
    made = asked(agency, user, due={"after": 90, "from": "assigned"})
    sooner = people.asks("ethics", due={"after": 20, "from": "assigned"}, minimum_days=14)
    requirements.change(made, sooner, from_on=START + 10 * DAY, by=None, now=noon(START + 5 * DAY))  # type: ignore[arg-type]
    night(START + 9 * DAY)
    assert stands(user, START + 9 * DAY).due_on == START + 90 * DAY
    night(START + 10 * DAY)
    assert stands(user, START + 10 * DAY).due_on == START + 24 * DAY  # never sooner than the minimum time
    assert stands(user, START + 9 * DAY).due_on == START + 90 * DAY
    assert [row.cause for row in db.session.scalars(select(DueDate).order_by(DueDate.id))] == ["assigned", "changed"]
    assert night(START + 11 * DAY) == nightly.Summary()


def test_a_requirement_that_asks_less_completes_who_has_done_that_much_on_the_day_it_changes(
    agency: Organisation,
) -> None:
    user = people.employee(agency, START)
    people.course("data")
    made = people.requirement(agency, START, "ethics", "data", validity_months=12)
    group = people.audience(agency, START)
    people.put(group, [user], START)
    requirements.attach(made, group, by=None, now=noon(START))
    people.take(user, "ethics", START, START + DAY)
    night(START + DAY)
    requirements.change(made, people.asks("ethics", validity_months=12), by=None, now=noon(START + 8 * DAY))
    night(START + 8 * DAY)
    row = stands(user, START + 8 * DAY)
    assert (row.status, row.completed_on) == (Status.VALID, START + 8 * DAY)
    assert stands(user, START + 7 * DAY).status == Status.IN_PROGRESS


def test_the_first_sign_in_sets_the_due_day(agency: Organisation) -> None:
    user = people.employee(agency, START)
    asked(agency, user, due={"after": 10, "from": "sign_in"})
    night(START + DAY)
    assert stands(user, START + DAY).due_on is None
    user.first_signed_in_at = noon(START + 4 * DAY)
    db.session.flush()
    night(START + 4 * DAY)
    assert stands(user, START + 4 * DAY).due_on == START + 14 * DAY
    assert stands(user, START + 3 * DAY).due_on is None


def test_a_day_ends_at_midnight_in_baku(agency: Organisation) -> None:
    user = people.employee(agency, START)
    asked(agency, user, due={"on": START.isoformat()})
    taking = people.take(user, "ethics", START)
    taking.completed_at = noon(START).replace(hour=23, minute=59)
    db.session.flush()
    night(START + DAY)
    assert stands(user, START + DAY).completed_on == START
    late = people.employee(agency, START)
    other = people.requirement(agency, START, "data")
    group = people.audience(agency, START)
    people.put(group, [late], START)
    requirements.attach(other, group, by=None, now=noon(START))
    people.take(late, "data", START, START).completed_at = noon(START + DAY).replace(hour=0, minute=1)
    db.session.flush()
    night(START + DAY)
    assert stands(late, START + DAY).completed_on == START + DAY


def test_what_an_enrolment_completes_is_noticed_without_waiting_for_the_night(agency: Organisation) -> None:
    user = people.employee(agency, START)
    asked(agency, user)
    now = noon(START)
    assert not completing.is_due(now)
    assert completing.complete_due(now, now) == 0
    taking = people.take(user, "ethics", START)
    assert completing.is_due(taking.enrolled_at)
    assert not completing.is_due(taking.enrolled_at + timedelta(seconds=1))
    completing.complete_due(now, taking.enrolled_at)
    assert stands(user, START).status == Status.IN_PROGRESS
    taking.completed_at = now + timedelta(minutes=30)
    db.session.flush()
    assert completing.complete_due(now + timedelta(minutes=31), now) == 1
    assert completing.complete_due(now + timedelta(minutes=32), now) == 0
    assert stands(user, START).status == Status.VALID


def test_a_night_runs_once_a_day(agency: Organisation) -> None:
    assert nightly.run_due(noon(START)) is not None
    assert nightly.run_due(noon(START) + timedelta(hours=3)) is None
    assert nightly.run_due(noon(START + DAY)) is not None
