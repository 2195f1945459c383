"""More time, exemptions, leave, proofs, doubts, renewals by a new taking, and what a change would do beforehand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.curricula import changing, evidence, exceptions, moving, nightly, renewing, requirements
from app.curricula.models import AllocationException, Obligation, Requirement
from app.curricula.rules import Status
from app.db import db
from app.errors import Refused
from app.learning.models import Enrolment
from app.organisations.models import Leave
from tests.curricula import people
from tests.curricula.people import DAY, noon, stands

START = date(2027, 1, 11)


@pytest.fixture
def agency(site: Flask) -> Organisation:
    return people.agency(START)


@pytest.fixture
def officer(agency: Organisation) -> User:
    return people.employee(agency, START, "Kadr")


def asked(agency: Organisation, *users: User, **said: Any) -> Requirement:
    made = people.requirement(agency, START, "ethics", **said)
    group = people.audience(agency, START)
    people.put(group, users, START)
    requirements.attach(made, group, by=None, now=noon(START))
    return made


def the_obligation(user: User) -> Obligation:
    return db.session.scalars(select(Obligation).where(Obligation.user_id == user.id)).one()


def test_more_time_is_asked_for_and_granted_and_moves_the_due_day_from_then_on(
    agency: Organisation, officer: User
) -> None:
    user = people.employee(agency, START)
    asked(agency, user, due={"after": 10, "from": "assigned"}, closes_after_days=5)
    (period,) = people.periods(user)
    late = START + 12 * DAY
    extension = moving.ask_for_time(period, START + 30 * DAY, "xəstəlik", by=user, now=noon(late))
    with pytest.raises(Refused, match="already"):
        moving.ask_for_time(period, START + 31 * DAY, "yenə", by=user, now=noon(late))
    with pytest.raises(Refused, match="yourself"):
        moving.grant_time(extension, START + 30 * DAY, by=user, now=noon(late))
    assert stands(user, late).status == Status.OVERDUE
    moving.grant_time(extension, START + 30 * DAY, by=officer, now=noon(late))
    row = stands(user, late)
    assert (row.status, row.due_on, row.closes_on, row.due_cause) == (
        Status.PENDING,
        START + 30 * DAY,
        START + 35 * DAY,
        "extended",
    )
    assert stands(user, late - DAY).status == Status.OVERDUE
    with pytest.raises(Refused, match="decided"):
        moving.refuse_time(extension, "yox", by=officer, now=noon(late))


def test_what_is_completed_needs_no_more_time(agency: Organisation) -> None:
    user = people.employee(agency, START)
    asked(agency, user, due={"after": 10, "from": "assigned"})
    people.take(user, "ethics", START, START)
    nightly.settle(START, noon(START))
    with pytest.raises(Refused, match="nothing"):
        moving.ask_for_time(people.periods(user)[0], START + 30 * DAY, "x", by=user, now=noon(START))


def test_who_is_exempt_is_asked_again_when_it_ends(agency: Organisation, officer: User) -> None:
    user = people.employee(agency, START)
    asked(agency, user)
    said = {"kind": "medical", "reason": "arayış", "until_on": None}
    with pytest.raises(Refused, match="yourself"):
        moving.exempt(the_obligation(user), from_on=START, by=user, now=noon(START), **said)
    exemption = moving.exempt(the_obligation(user), from_on=START, by=officer, now=noon(START), **said)
    moving.end_exemption(exemption, by=officer, now=noon(START + 5 * DAY))
    found = [stands(user, START + n * DAY).status for n in (0, 4, 5)]
    assert found == [Status.EXEMPT, Status.EXEMPT, Status.PENDING]


def test_a_leave_pauses_and_gives_the_days_back(agency: Organisation) -> None:
    user = people.employee(agency, START)
    asked(agency, user, due={"after": 20, "from": "assigned"})
    for first, last in ((5, 14), (10, 16)):  # twelve days away in all
        away = {"from_on": START + first * DAY, "until_on": START + last * DAY}
        db.session.add(
            Leave(
                user_id=user.id,
                organisation_id=agency.id,
                kind="illness",
                recorded_at=noon(START + first * DAY),
                **away,
            )
        )
    for n in range(25):
        nightly.settle(START + n * DAY, noon(START + n * DAY))
    assert stands(user, START + 10 * DAY).status == Status.SUSPENDED
    # the first leave's ten days came back on day 15, while the second still lasted; its last two on day 17
    assert [stands(user, START + n * DAY).due_on - START for n in (14, 15, 17, 24)] == [
        timedelta(days=days) for days in (20, 30, 32, 32)
    ]


def test_a_proof_completes_today_and_is_valid_from_the_day_of_the_learning(agency: Organisation, officer: User) -> None:
    user = people.employee(agency, START)
    asked(agency, user, validity_months=12, window_days=30)
    (period,) = people.periods(user)
    said = {"issuer": "Akademiya", "title": "Etika", "document": "0" * 64, "document_name": "a.pdf"}
    learnt = START - 100 * DAY
    handed = evidence.hand_in(period, learnt_on=learnt, by=user, now=noon(START), **said)
    with pytest.raises(Refused, match="yourself"):
        evidence.grant(handed, by=user, now=noon(START))
    day = START + 3 * DAY
    evidence.grant(handed, by=officer, now=noon(day))
    row = stands(user, day)
    assert (row.status, row.completed_on, row.expires_on) == (Status.VALID, day, date(2027, 10, 3))
    assert stands(user, day - DAY).status == Status.PENDING


def test_a_proof_that_would_not_be_valid_any_more_is_refused(agency: Organisation, officer: User) -> None:
    user = people.employee(agency, START)
    asked(agency, user, validity_months=12)
    said = {"issuer": "Akademiya", "title": "Etika", "document": "0" * 64, "document_name": "a.pdf"}
    period = people.periods(user)[0]
    handed = evidence.hand_in(period, learnt_on=START - 366 * DAY, by=user, now=noon(START), **said)
    with pytest.raises(Refused, match="so long ago"):
        evidence.grant(handed, by=officer, now=noon(START))


def test_too_little_time_waits_in_the_queue_for_one_of_three_answers(agency: Organisation, officer: User) -> None:
    users = [people.employee(agency, START) for _n in range(4)]
    made = asked(agency, *users, due={"on": (START + 3 * DAY).isoformat()}, minimum_days=10)
    queue = db.session.scalars(exceptions.waiting(agency.id)).all()
    assert [(one.user_id, one.doubt) for one in queue] == [(user.id, "too_little_time") for user in users]
    assert stands(users[0], START) is None
    now = noon(START + DAY)
    assert exceptions.assign(queue[:1], by=officer, now=now) == 1
    assert exceptions.assign_realistic(queue[1:2], by=officer, now=now) == 1
    assert exceptions.dismiss(queue[2:3], by=officer, now=now) == 1
    assert exceptions.dismiss(queue[:3], by=officer, now=now) == 0
    nightly.settle(START + DAY, now)
    dues = [row and row.due_on for row in (stands(user, START + DAY) for user in users)]
    assert dues == [START + 3 * DAY, START + 18 * DAY, None, None]
    group = db.session.scalars(select(AllocationException.audience_id).distinct()).one()
    assert group is not None
    assert [one.user_id for one in db.session.scalars(exceptions.waiting(agency.id))] == [users[3].id]
    requirements.archive(made, by=officer, now=now)


def test_a_course_that_something_else_asks_for_is_a_doubt(agency: Organisation) -> None:
    user = people.employee(agency, START)
    asked(agency, user)
    asked(agency, user)
    (one,) = db.session.scalars(exceptions.waiting(agency.id))
    assert (one.doubt, one.details["courses"]) == ("duplicate", ["ethics"])


def test_a_course_is_taken_again_only_when_a_renewal_asks_for_it(agency: Organisation) -> None:
    user, course = people.employee(agency, START), people.course("ethics")
    asked(agency, user, validity_months=12, window_days=30)
    first = people.take(user, "ethics", START, START)
    nightly.settle(START, noon(START))
    with pytest.raises(Refused, match="Nothing asks"):
        renewing.take_again(user, course, now=noon(START))
    opens = stands(user, START).window_opens_on
    nightly.settle(opens, noon(opens))
    again = renewing.take_again(user, course, now=noon(opens))
    assert renewing.take_again(user, course, now=noon(opens)) is again
    assert (again.id != first.id, first.completed_at, again.completed_at) == (True, noon(START), None)
    assert len(db.session.scalars(select(Enrolment)).all()) == 2


def test_what_a_change_would_do_is_what_it_does(agency: Organisation) -> None:
    users = [people.employee(agency, START) for _n in range(4)]
    people.course("law")
    made = people.requirement(agency, START, "ethics", "law", due={"after": 30, "from": "assigned"}, validity_months=6)
    group = people.audience(agency, START)
    people.put(group, users, START)
    requirements.attach(made, group, by=None, now=noon(START))
    people.take(users[0], "ethics", START, START + DAY)
    people.take(users[1], "ethics", START)
    day = START + 20 * DAY
    nightly.settle(day, noon(day))
    draft = people.asks("ethics", due={"after": 7, "from": "assigned"}, minimum_days=2, validity_months=6)
    said = changing.affected(made, draft, from_on=day)
    before = {user.id: stands(user, day) for user in users}
    requirements.change(made, draft, by=None, now=noon(day))
    assert said.unchanged == 0
    for effect in said.effects:
        user = next(one for one in users if one.id == effect.user_id)
        assert (before[user.id].status, before[user.id].due_on) == (effect.status_before, effect.due_before)
        row = stands(user, day)
        assert (row.status, row.due_on) == (effect.status_after, effect.due_after)
    assert [one.status_after for one in said.effects].count(Status.VALID) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"parts": []}, "parts"),
        ({"parts": [{"need": "any", "count": 2, "courses": ["ethics"]}]}, "parts"),
        ({"parts": [{"need": "all", "courses": ["nothing-such"]}]}, "parts"),
        ({"validity_months": 1, "window_days": 31}, "window_days"),
        ({"validity_months": 12, "window_days": 60, "renewal": "fixed"}, "minimum_validity_days"),
        ({"due": {"after": 5, "from": "nowhere"}}, "due"),
    ],
)
def test_what_contradicts_itself_is_refused(agency: Organisation, said: dict[str, Any], field: str) -> None:
    people.course("ethics")
    with pytest.raises(Refused) as refused:
        requirements.create(agency, "X", people.asks("ethics", **said), by=None, now=noon(START))
    assert refused.value.field == field
