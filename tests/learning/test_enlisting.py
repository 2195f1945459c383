"""People put into a cohort from a list: invited, told, and moved only when that was said."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import registering
from app.accounts.models import Role, User
from app.audit import AuditEvent
from app.db import db
from app.learning import cohorts, enlisting, enrolling
from app.learning.cohorts import Listed, Plan
from app.learning.models import Cohort, Enrolment
from app.notices.models import Notice
from app.notices.writing import mail
from tests.factories import NOW, person, published, signed_in

PLAN = Plan(name="Payız", language="az", starts_on=date(2026, 12, 1), ends_on=None, seats=None)


@pytest.fixture
def teacher(site: Flask) -> User:
    return person("Müəllim", role=Role.INSTRUCTOR)


@pytest.fixture
def cohort(teacher: User) -> Cohort:
    return cohorts.open_cohort(published(), PLAN, by=teacher, now=NOW)


@pytest.fixture
def other(cohort: Cohort, teacher: User) -> Cohort:
    plan = Plan(name="Yaz", language="az", starts_on=PLAN.starts_on, ends_on=None, seats=None)
    return cohorts.open_cohort(cohort.course, plan, by=teacher, now=NOW)


def rows(*people: User | str) -> list[Listed]:
    addresses = [one if isinstance(one, str) else one.email or "" for one in people]
    return [Listed(line=line, name="Adı Var", email=email) for line, email in enumerate(addresses, start=1)]


def told(user: User, kind: str = "enlisted") -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.recipient_id == user.id, Notice.kind == kind)))


def test_who_has_an_account_is_told_in_the_own_language_and_who_is_new_is_invited(
    cohort: Cohort, teacher: User
) -> None:
    learner = person("Орхан Алиев", language="ru")
    done = enlisting.enlist(cohort, rows(learner, "new@example.com"), move=False, by=teacher, now=NOW)
    assert (done.count, done.stayed) == (2, 0)
    (notice,) = told(learner)
    assert notice.address == learner.email
    written = mail(notice)
    assert written["Subject"] == "Вы в группе «Payız»"
    body = written.get_body(("plain",))
    assert body is not None
    assert "Müəllim" in body.get_content()
    assert "1 декабря 2026" in body.get_content()
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.user_id == learner.id)).one()
    assert f"/learn/{enrolment.id}" in body.get_content()
    new = registering.user_of_email("new@example.com")
    assert new is not None
    assert told(new) == []
    assert [n.kind for n in db.session.scalars(select(Notice).where(Notice.address == "new@example.com"))] == [
        "invitation"
    ]


def test_who_is_in_it_already_is_not_told_again(cohort: Cohort, teacher: User) -> None:
    learner = person()
    for minute in range(2):
        enlisting.enlist(cohort, rows(learner), move=False, by=teacher, now=NOW + timedelta(minutes=minute))
    assert len(told(learner)) == 1


def test_who_never_followed_the_first_invitation_gets_another(cohort: Cohort, other: Cohort, teacher: User) -> None:
    enlisting.enlist(cohort, rows("new@example.com"), move=False, by=teacher, now=NOW)
    later = NOW + timedelta(days=20)
    enlisting.enlist(other, rows("new@example.com"), move=True, by=teacher, now=later)
    invitations = select(Notice).where(Notice.address == "new@example.com", Notice.kind == "invitation")
    assert len(db.session.scalars(invitations).all()) == 2


def test_an_instructor_is_named_as_who_enrolled(cohort: Cohort, teacher: User) -> None:
    enlisting.enlist(cohort, rows(person()), move=False, by=teacher, now=NOW)
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.act == "enrolled")).one().actor_id == teacher.id


def test_who_is_in_another_cohort_stays_there_unless_the_move_was_said(
    cohort: Cohort, other: Cohort, teacher: User
) -> None:
    learner, alone = person(), person()
    enrolment = cohorts.join(learner, other, now=NOW)
    enrolling.enrol(alone, cohort.course, now=NOW)
    done = enlisting.enlist(cohort, rows(learner, alone), move=False, by=teacher, now=NOW)
    assert (done.count, done.stayed, enrolment.cohort) == (1, 1, other)
    assert told(learner) == []
    done = enlisting.enlist(cohort, rows(learner, alone), move=True, by=teacher, now=NOW)
    assert (done.count, done.stayed, enrolment.cohort) == (2, 0, cohort)
    assert told(learner)[0].params["former"] == "Yaz"


def test_the_page_of_a_list_says_who_is_where_and_asks_before_moving(
    client: FlaskClient, cohort: Cohort, other: Cohort, teacher: User
) -> None:
    here, there = person("Burada Olan"), person("Orada Olan")
    cohorts.join(here, cohort, now=NOW)
    enrolment = cohorts.join(there, other, now=NOW)
    text = f"Burada Olan; {here.email}\nOrada Olan; {there.email}\nYeni Adam; new@example.com"
    desk, path = signed_in(client, teacher), f"/teach/cohorts/{cohort.id}/list"
    page = desk.post(path, data={"list": text}).get_data(as_text=True)
    for words in ("is in it already", "is in “Yaz”", "is put in", 'name="move"', "1 learner will be put in."):
        assert words in page
    desk.post(path, data={"list": text, "act": "put"})
    assert "1 learner stays in another cohort" in desk.get(f"/teach/cohorts/{cohort.id}").get_data(as_text=True)
    assert db.session.get_one(Enrolment, enrolment.id).cohort_id == other.id
    desk.post(path, data={"list": text, "act": "put", "move": "1"})
    assert db.session.get_one(Enrolment, enrolment.id).cohort_id == cohort.id


def test_the_page_of_a_join_link_says_what_is_left_and_moves_when_that_is_confirmed(
    client: FlaskClient, cohort: Cohort, other: Cohort
) -> None:
    learner = person()
    enrolment = cohorts.join(learner, cohort, now=NOW)
    desk, path = signed_in(client, learner), f"/join/{other.join_code}"
    page = desk.get(path).get_data(as_text=True)
    assert "You are in another cohort of this course: Payız" in page
    assert f'name="leaving" value="{cohort.id}"' in page
    assert "Already in the cohort “Payız”" in desk.post(path).get_data(as_text=True)
    assert db.session.get_one(Enrolment, enrolment.id).cohort_id == cohort.id
    answer = desk.post(path, data={"leaving": cohort.id})
    assert urlsplit(answer.headers["Location"]).path == f"/learn/{enrolment.id}"
    assert db.session.get_one(Enrolment, enrolment.id).cohort_id == other.id
    assert "Move to this cohort" not in desk.get(path).get_data(as_text=True)
