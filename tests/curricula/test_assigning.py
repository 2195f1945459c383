from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Organisation, Role, User
from app.curricula import assigning, completing
from app.curricula.models import Obligation
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
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


def stands(user: User, days: int = 0) -> tuple[str, date | None]:
    """(status, due day) of the one thing that is asked of `user`."""
    (row,) = db.session.execute(obligations_on(TODAY + timedelta(days=days)).where(Obligation.user_id == user.id))
    return row.status, row.due_on


def test_an_assigned_course_goes_from_pending_to_valid(agency: Organisation) -> None:
    user, course = employee(agency), published()
    assert assigning.assign(agency, [user], course, TODAY + timedelta(days=9), by=manager(agency), now=NOW) == 1
    assert stands(user) == (Status.PENDING, TODAY + timedelta(days=9))
    enrolment = enrolling.enrol(user, course, now=NOW)
    completing.complete_due(NOW, NOW)
    assert stands(user)[0] == Status.IN_PROGRESS
    assert stands(user, days=9)[0] == Status.IN_PROGRESS
    assert stands(user, days=10)[0] == Status.OVERDUE
    finish(enrolment)
    completing.complete_due(NOW, NOW)
    assert stands(user, days=10)[0] == Status.VALID


def test_assigning_again_moves_the_date_and_asks_nobody_twice(agency: Organisation) -> None:
    user, course = employee(agency), published()
    for day in (9, 20):
        assigning.assign(agency, [user], course, TODAY + timedelta(days=day), by=manager(agency), now=NOW)
    assert stands(user)[1] == TODAY + timedelta(days=20)


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


def test_a_manager_does_not_learn_the_names_of_strangers_by_their_numbers(
    agency: Organisation, client: FlaskClient
) -> None:
    stranger, course = person("Gizli Adam"), published()
    signed_in(client, manager(agency))
    answer = client.post(f"/team/{agency.id}/assign", data={"course": course.slug, "user": stranger.id})
    assert answer.status_code == 409
    assert "Gizli" not in answer.get_data(as_text=True)
