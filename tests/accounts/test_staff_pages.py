"""Administrators look after people: roles, organisations, codes, FINs, closing. All of it audited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import granting, people, registering
from app.accounts.models import Grant, Role, Token, User
from app.accounts.permissions import instructs, is_administrator, manages, taught_courses
from app.audit import AuditEvent
from app.clock import utc_now
from app.db import db
from app.errors import Refused
from app.notices.models import Notice
from app.organisations import working
from tests.factories import NOW, PASSWORD, person, published, signed_in


@pytest.fixture
def staff(site: Flask) -> User:
    return person("İlqar Əhmədov", role=Role.ADMINISTRATOR)


@pytest.fixture
def desk(client: FlaskClient, staff: User) -> FlaskClient:
    return signed_in(client, staff)


def last_act() -> AuditEvent:
    return db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def test_people_are_found_whatever_letters_were_typed(desk: FlaskClient) -> None:
    person("Şəbnəm Hüseynova", email="sh@example.com")
    for words in ("sebnem", "ŞƏBNƏM", "huseynova seb", "sh@example"):
        assert "Şəbnəm Hüseynova" in desk.get("/administration/people", query_string={"q": words}).get_data(True)
    assert "Şəbnəm" not in desk.get("/administration/people?q=orxan").get_data(as_text=True)


def test_a_percent_sign_is_a_percent_sign(desk: FlaskClient) -> None:
    person("Aysel")
    assert "Aysel" not in desk.get("/administration/people?q=%25").get_data(as_text=True)


def test_many_people_come_in_pages(site: Flask) -> None:
    for n in range(people.PAGE + 3):
        person(f"Nömrə {n:02}")
    first, count = people.find_people("nomre")
    second, _ = people.find_people("nomre", page=2)
    assert (len(first), len(second), count) == (people.PAGE, 3, 2)
    assert not {one.id for one in first} & {one.id for one in second}


def test_people_are_listed_by_role(desk: FlaskClient) -> None:
    person("Ənvər", role=Role.INSTRUCTOR)
    page = desk.get("/administration/people?role=instructor").get_data(as_text=True)
    table = page[page.index("<table") : page.index("</table>")]
    assert "Ənvər" in table
    assert "İlqar" not in table


def test_a_pupil_is_added_and_gets_a_code_on_paper(desk: FlaskClient, site: Flask) -> None:
    answer = desk.post("/administration/people/new", data={"name": "Nigar Əli", "email": "", "language": "az"})
    pupil = db.session.scalars(select(User).where(User.name == "Nigar Əli")).one()
    assert answer.headers["Location"] == f"/administration/people/{pupil.id}"
    page = desk.post(f"/administration/people/{pupil.id}/code").get_data(as_text=True)
    code = re.search(r'id="code">([A-Z0-9-]+)<', page)
    assert code
    assert site.test_client().post("/sign-in/code", data={"code": code[1]}).status_code == 303
    assert code[1] not in str([event.details for event in db.session.scalars(select(AuditEvent))])


def test_an_address_that_is_taken_is_refused(desk: FlaskClient) -> None:
    person(email="known@example.com")
    answer = desk.post(
        "/administration/people/new", data={"name": "A B", "email": "KNOWN@example.com", "language": "az"}
    )
    assert answer.status_code == 422


def test_roles_are_given_and_taken_back_and_written_down(desk: FlaskClient, staff: User) -> None:
    published("python-basics")
    user = person()
    path = f"/administration/people/{user.id}/roles"
    desk.post(path, data={"role": "instructor", "course": "python-basics"})
    assert instructs(user, "python-basics")
    assert not instructs(user, "ai-first-steps")
    event = last_act()
    assert (event.act, event.actor_id, event.subject_id, event.details["course"]) == (
        "role_granted",
        staff.id,
        str(user.id),
        "python-basics",
    )
    given = db.session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
    desk.post(f"{path}/{given.id}/revoke")
    assert not instructs(user, "python-basics")
    assert last_act().act == "role_revoked"


def test_a_role_of_a_course_that_is_not_there_is_refused(desk: FlaskClient) -> None:
    published("python-basics")
    user = person()
    page = f"/administration/people/{user.id}"
    assert '<option value="python-basics">' in desk.get(page).get_data(as_text=True)
    came_from = {"Referer": f"http://localhost{page}"}
    answer = desk.post(f"{page}/roles", data={"role": "instructor", "course": "python-basic"}, headers=came_from)
    assert answer.headers["Location"] == page
    assert "There is no course “python-basic”." in desk.get(page).get_data(as_text=True)
    assert not db.session.scalars(select(Grant).where(Grant.user_id == user.id)).all()


def test_an_instructor_of_no_course_in_particular_teaches_all(site: Flask) -> None:
    user = person(role=Role.INSTRUCTOR)
    assert instructs(user, "whatever")
    assert taught_courses(user) is None
    granted = person(role=Role.INSTRUCTOR, course_slug="python-basics")
    assert taught_courses(granted) == {"python-basics"}


def test_a_manager_is_one_of_an_organisation(desk: FlaskClient) -> None:
    user = person()
    one = working.create("Nümunə", by=None, now=NOW)
    other = working.create("Başqa", by=None, now=NOW)
    db.session.commit()
    desk.post(f"/administration/people/{user.id}/roles", data={"role": "manager", "organisation": "0"})
    assert not db.session.scalars(select(Grant).where(Grant.user_id == user.id)).all()
    desk.post(f"/administration/people/{user.id}/roles", data={"role": "manager", "organisation": str(one.id)})
    assert manages(user, one.id)
    assert not manages(user, other.id)


def test_the_same_role_is_given_once(site: Flask) -> None:
    user = person()
    first = granting.grant(user, Role.INSTRUCTOR, by=None, now=NOW)
    assert granting.grant(user, Role.INSTRUCTOR, by=None, now=NOW) is first


def test_the_last_administrator_stays(site: Flask, staff: User) -> None:
    given = db.session.scalars(select(Grant).where(Grant.user_id == staff.id)).one()
    with pytest.raises(Refused):
        granting.revoke(given, by=staff, now=NOW)
    person(role=Role.ADMINISTRATOR)
    granting.revoke(given, by=staff, now=NOW)
    assert not is_administrator(staff)


def test_a_role_of_somebody_else_is_not_taken_back_through_this_person(desk: FlaskClient) -> None:
    user, other = person(), person(role=Role.INSTRUCTOR)
    given = db.session.scalars(select(Grant).where(Grant.user_id == other.id)).one()
    assert desk.post(f"/administration/people/{user.id}/roles/{given.id}/revoke").status_code == 404


def test_closing_an_account_frees_its_address_and_keeps_its_history(desk: FlaskClient, site: Flask) -> None:
    user = person(email="a@example.com", password=PASSWORD, role=Role.INSTRUCTOR)
    device = signed_in(site.test_client(), user)
    assert "cannot" in desk.get(f"/administration/people/{user.id}/close").get_data(as_text=True)
    desk.post(f"/administration/people/{user.id}/close")
    assert (user.email, user.password_hash, user.is_active) == (None, None, False)
    assert device.get("/account").status_code == 302
    assert not instructs(user, "x")
    person(email="a@example.com")


def test_nobody_closes_their_own_account(desk: FlaskClient, staff: User) -> None:
    assert desk.post(f"/administration/people/{staff.id}/close").status_code == 409
    assert staff.is_active


def test_a_fin_that_is_wrong_is_said_on_the_page_of_the_person(desk: FlaskClient) -> None:
    user = person()
    answer = desk.post(f"/administration/people/{user.id}/fin", data={"fin": "5AB12CО"})
    assert answer.status_code == 422
    assert "Cyrillic" in answer.get_data(as_text=True)
    desk.post(f"/administration/people/{user.id}/fin", data={"fin": "5ab12cd"})
    assert user.fin_confirmed_at is not None
    assert "5AB****" in desk.get(f"/administration/people/{user.id}").get_data(as_text=True)
    assert "5AB12CD" not in str([event.details for event in db.session.scalars(select(AuditEvent))])


def test_an_own_name_on_certificates_is_changed_by_staff_alone(desk: FlaskClient, site: Flask) -> None:
    user = person("Aysel Həsənova")
    user.certificate_name_confirmed_at = utc_now()
    own = signed_in(site.test_client(), user)
    assert own.post("/account/name", data={"name-name": "Somebody Else"}).status_code == 422
    desk.post(f"/administration/people/{user.id}/name", data={"name": "Aysel Quliyeva"})
    assert user.name == "Aysel Quliyeva"


def test_a_closed_account_gets_neither_a_role_nor_a_fin(site: Flask, staff: User, tmp_path: Path) -> None:
    """A FIN confirmed for a closed account would be taken for whoever comes back."""
    user = person()
    people.close_account(user, by=staff, now=NOW)
    with pytest.raises(Refused, match="closed"):
        people.confirm_fin(user, "5ABCDE7", tmp_path, by=staff, now=NOW)
    with pytest.raises(Refused, match="closed"):
        granting.grant(user, Role.INSTRUCTOR, by=staff, now=NOW)


def test_who_got_an_account_from_staff_agrees_before_anything_else(site: Flask, client: FlaskClient) -> None:
    pupil = person()
    pupil.consented_at = None
    signed_in(client, pupil)
    assert client.get("/account").headers["Location"] == "/consent?next=/account"
    assert client.get("/").headers["Location"].startswith("/consent")
    assert client.post("/account/name", data={"name-name": "Başqa Ad"}).status_code == 403
    assert client.get("/privacy").status_code == 200
    assert client.post("/consent?next=/account").headers["Location"] == "/account"
    assert client.get("/account").status_code == 200


def test_the_address_of_a_closed_account_is_kept_nowhere(site: Flask, staff: User) -> None:
    user = person("Gedən Adam", "geden@example.com")
    registering.ask_reset("geden@example.com", now=NOW)
    registering.ask_email_change(user, "teze@example.com", now=NOW)
    people.close_account(user, by=staff, now=NOW)
    db.session.commit()
    kept = str([*db.session.scalars(select(Notice.address)), *db.session.scalars(select(Token.payload))])
    assert "geden@" not in kept
    assert "teze@" not in kept
