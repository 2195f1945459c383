"""What an employee finds on the front page: what is asked, by when, how long, why, by whom, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import User
from app.curricula import completing, moving, nightly
from app.curricula.models import Period
from app.db import db
from app.insights import tasks
from app.insights.tasks import Task
from app.learning import enrolling
from app.learning.models import Enrolment
from tests.factories import person, published, signed_in
from tests.insights.staff import DAY, Ministry, finished, noon, today


@pytest.fixture
def ministry(site: Flask) -> Ministry:
    return Ministry()


@pytest.fixture
def employee(ministry: Ministry) -> User:
    return ministry.employee("Aysel Həsənova", ministry.code)


def open_tasks(user: User) -> list[Task]:
    return list(tasks.tasks_of(user, now=noon(today())).open)


def page_of(client: FlaskClient, user: User) -> str:
    return signed_in(client, user).get("/").get_data(as_text=True)


def test_a_task_says_by_when_how_long_why_and_from_whom(
    ministry: Ministry, employee: User, client: FlaskClient
) -> None:
    hours = published("etika").hours
    requirement = ministry.requirement("Etika", "etika", reasons={"en": "The law asks it of everybody."})
    ministry.ask(requirement, employee, due_on=today() + 11 * DAY)
    page = page_of(client, employee)
    for words in (
        *("Etika", "11 days left", f"about {hours} hours", "The law asks it of everybody.", "Not started", "Start"),
        *(ministry.organisation.name, f"assigned by {ministry.officer.name}"),
        *("Ask for more time", "I have learnt this already"),
    ):
        assert words in page, words
    assert page.index("Asked of you") < page.index("My courses")


def test_what_to_do_next_goes_from_start_to_continue_to_finished(
    ministry: Ministry, employee: User, client: FlaskClient
) -> None:
    course = published("etika")
    ministry.ask(ministry.requirement("Etika", "etika", validity_months=12), employee, due_on=today() + DAY)
    (task,) = open_tasks(employee)
    assert task.next_step is not None and task.next_step.act == "start"
    enrolling.enrol(employee, course, now=noon(today()))
    completing.complete(today())
    (task,) = open_tasks(employee)
    assert task.next_step is not None and task.next_step.act == "continue"
    finished(employee, "etika", today())
    found = tasks.tasks_of(employee, now=noon(today()))
    assert (list(found.open), len(found.finished)) == ([], 1)
    page = page_of(client, employee)
    assert "Finished (1)" in page
    assert "Nothing is to be done now" in page


def test_a_renewal_begins_the_course_anew_and_keeps_the_first_taking(
    ministry: Ministry, employee: User, client: FlaskClient
) -> None:
    requirement = ministry.requirement(
        "Etika", "etika" if published("etika") else "", validity_months=6, window_days=60
    )
    ministry.ask(requirement, employee)
    finished(employee, "etika", today() - timedelta(days=150))
    nightly.run(today(), noon(today()))
    db.session.commit()
    (task,) = open_tasks(employee)
    assert (task.number, task.line.status) == (1, "window_open")
    assert task.next_step is not None and task.next_step.act == "again"
    page = page_of(client, employee)
    assert "Take again" in page and "Renew before" in page
    answer = client.post("/again/etika")
    takings = db.session.scalars(select(Enrolment).where(Enrolment.user_id == employee.id).order_by(Enrolment.id)).all()
    assert answer.headers["Location"] == f"/learn/{takings[1].id}"
    assert takings[0].completed_at is not None
    (task,) = open_tasks(employee)
    assert task.next_step is not None and task.next_step.act == "continue"


def test_nobody_begins_anew_what_no_renewal_asks_for(employee: User, client: FlaskClient) -> None:
    finished(employee, "etika", today() - 9 * DAY)
    assert signed_in(client, employee).post("/again/etika").status_code == 409
    assert client.post("/again/nothing").status_code == 404


def test_a_request_that_waits_is_told_and_not_asked_for_again(
    ministry: Ministry, employee: User, client: FlaskClient
) -> None:
    published("etika")
    requirement = ministry.requirement("Etika", "etika")
    ministry.ask(requirement, employee, due_on=today() + DAY)
    period = db.session.scalars(
        select(Period).where(Period.obligation_id == ministry.obligation(employee, requirement).id)
    ).one()
    moving.ask_for_time(period, today() + 20 * DAY, "Ezamiyyət", by=employee, now=noon(today()))
    db.session.commit()
    page = page_of(client, employee)
    assert "You asked for time until" in page
    assert "Ask for more time" not in page


def test_who_works_somewhere_and_is_asked_nothing_is_told_so_and_others_are_not_bothered(
    employee: User, client: FlaskClient
) -> None:
    assert "Nothing is to be done now" in page_of(client, employee)
    assert "Asked of you" not in page_of(client, person())


def test_the_most_urgent_task_comes_first(ministry: Ministry, employee: User) -> None:
    published("etika")
    for title, days in (("Sonra", 90), ("Tezliklə", 9), ("Gecikən", -3)):
        ministry.ask(ministry.requirement(title, "etika"), employee, due_on=today() + days * DAY)
    assert [task.titles["az"] for task in open_tasks(employee)] == ["Gecikən", "Tezliklə", "Sonra"]


def test_many_tasks_take_as_many_queries_as_one(
    ministry: Ministry, employee: User, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    published("etika")
    ministry.ask(ministry.requirement("Etika", "etika"), employee)
    with counting() as few:
        tasks.tasks_of(employee, now=noon(today()))
    for number in range(8):
        ministry.ask(ministry.requirement(f"Tələb {number}", "etika"), employee)
    with counting() as many:
        tasks.tasks_of(employee, now=noon(today()))
    assert len(many) == len(few)
