from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Organisation, Role, User
from app.curricula import assigning
from app.curricula.assigning import Standing
from app.db import db
from app.errors import Refused
from app.learning import enrolling
from app.organisations import working
from app.organisations.models import Job
from tests.factories import NOW, finish, person, published, signed_in

TODAY = date(2026, 11, 22)


@pytest.fixture
def agency(site: Flask) -> Organisation:
    made = working.create("Nazirlik", by=None, now=NOW)
    db.session.commit()
    return made


def employee(agency: Organisation, name: str = "Rəna Vəliyeva") -> User:
    user = person(name)
    working.join(user, agency, from_on=TODAY, by=None, now=NOW)
    db.session.commit()
    return user


def manager(agency: Organisation) -> User:
    return person("Müdir", role=Role.MANAGER, organisation_id=agency.id)


def test_an_assigned_course_goes_from_not_started_to_done(agency: Organisation) -> None:
    user, course = employee(agency), published()
    assert assigning.assign(agency, [user], course, TODAY + timedelta(days=9), by=manager(agency), now=NOW) == 1

    def now_stands(days: int = 0) -> Standing:
        return assigning.assigned_to(user, now=NOW + timedelta(days=days))[0].standing

    assert now_stands() is Standing.NOT_STARTED
    enrolment = enrolling.enrol(user, course, now=NOW)
    assert now_stands() is Standing.STARTED
    assert now_stands(days=9) is Standing.STARTED
    assert now_stands(days=10) is Standing.OVERDUE
    finish(enrolment)
    assert now_stands(days=10) is Standing.DONE


def test_assigning_again_moves_the_date_and_asks_nobody_twice(agency: Organisation) -> None:
    user, course = employee(agency), published()
    for day in (9, 20):
        assigning.assign(agency, [user], course, TODAY + timedelta(days=day), by=manager(agency), now=NOW)
    (one,) = assigning.assigned_to(user, now=NOW)
    assert one.assignment.due_on == TODAY + timedelta(days=20)


def test_only_who_works_there_today_can_be_asked(agency: Organisation) -> None:
    course, stranger, gone = published(), person("Yad"), employee(agency, "Getmiş")
    row = db.session.scalars(select(Job).where(Job.user_id == gone.id)).one()
    working.end(row, until_on=TODAY, by=None, now=NOW)
    for user, later in ((stranger, 0), (gone, 1)):
        with pytest.raises(Refused, match="does not work"):
            assigning.assign(agency, [user], course, None, by=manager(agency), now=NOW + timedelta(days=later))


def test_a_day_gone_by_is_refused(agency: Organisation) -> None:
    with pytest.raises(Refused, match="still to come"):
        assigning.assign(
            agency, [employee(agency)], published(), TODAY - timedelta(days=1), by=manager(agency), now=NOW
        )


def test_who_left_is_gone_from_the_managers_view_the_next_day(agency: Organisation) -> None:
    user = employee(agency)
    row = db.session.scalars(select(Job).where(Job.user_id == user.id)).one()
    working.end(row, until_on=TODAY, by=None, now=NOW)
    assert assigning.people(agency, now=NOW)[1] == 1
    assert assigning.people(agency, now=NOW + timedelta(days=1))[1] == 0


def test_the_page_asks_the_same_number_of_queries_for_2_and_for_40_people(agency: Organisation, counting) -> None:
    course = published()

    def fill(count: int) -> None:
        users = [employee(agency) for _ in range(count)]
        assigning.assign(agency, users, course, None, by=manager(agency), now=NOW)
        db.session.commit()

    fill(2)
    with counting() as few:
        assigning.people(agency, now=NOW)
    fill(38)
    with counting() as many:
        found, total = assigning.people(agency, now=NOW)
    assert (len(found), total) == (40, 40)
    assert len(many) == len(few)


def test_a_manager_does_not_learn_the_names_of_strangers_by_their_numbers(
    agency: Organisation, client: FlaskClient
) -> None:
    stranger, course = person("Gizli Adam"), published()
    signed_in(client, manager(agency))
    answer = client.post(f"/team/{agency.id}/assign", data={"course": course.slug, "user": stranger.id})
    assert answer.status_code == 409
    assert "Gizli" not in answer.get_data(as_text=True)
