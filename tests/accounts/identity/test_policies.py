"""What an organisation demands of sign-in holds for its people, at once, and for nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.identity.models import SignInPolicy
from app.accounts.models import LoginSession, Organisation, Role, SecondFactorState, User
from app.audit import AuditEvent
from app.db import db
from app.notices.models import Notice
from app.organisations import working
from tests.accounts.identity.conftest import connect, through
from tests.accounts.identity.test_second_factor import code_now, sign_in, with_second_factor
from tests.factories import NOW, PASSWORD, person, signed_in
from tests.provider import FakeProvider


@pytest.fixture
def agency(site: Flask) -> Organisation:
    found = working.create("Nazirlik", by=None, now=NOW)
    db.session.commit()
    return found


@pytest.fixture
def employee(agency: Organisation) -> User:
    user = person(email="aysel@example.com", password=PASSWORD)
    working.join(user, agency, from_on=date(2026, 1, 1), by=None, now=NOW)
    db.session.commit()
    return user


@pytest.fixture
def staff(site: Flask) -> FlaskClient:
    return signed_in(site.test_client(), person(role=Role.ADMINISTRATOR))


def rule(staff: FlaskClient, agency: Organisation, **said: object) -> int:
    return staff.post(f"/structure/{agency.id}/sign-in", data={"hours": ""} | said).status_code


def test_an_address_of_its_domains_does_not_sign_up(
    client: FlaskClient, staff: FlaskClient, agency: Organisation
) -> None:
    assert rule(staff, agency, domains="@Nazirlik.gov.az, other.az") == 303
    form = {"name": "Aysel", "consent": "y"}
    for address in ("a@nazirlik.gov.az", "a@baki.nazirlik.gov.az", "a@OTHER.az"):
        answer = client.post("/sign-up", data=form | {"email": address})
        assert answer.status_code == 422
        assert "Nazirlik" in answer.get_data(as_text=True)
    assert client.post("/sign-up", data=form | {"email": "a@another.az"}).status_code == 303
    assert client.post("/sign-up", data=form | {"email": "a@notnazirlik.gov.az"}).status_code == 303
    known = [one for one in db.session.scalars(select(User.email)) if one and "nazirlik" in one]
    assert known == ["a@notnazirlik.gov.az"]


def test_the_refusal_does_not_tell_who_has_an_account(
    client: FlaskClient, staff: FlaskClient, agency: Organisation
) -> None:
    rule(staff, agency, domains="nazirlik.az")
    person(email="known@nazirlik.az")
    form = {"name": "Aysel", "consent": "y"}
    pages = [
        client.post("/sign-up", data=form | {"email": f"{name}@nazirlik.az"}).get_data(as_text=True)
        for name in ("known", "other")
    ]
    assert pages[0].replace("known@", "other@").split("csp")[0] == pages[1].split("csp")[0]
    assert db.session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize("said", [{"domains": "no domain"}, {"hours": "0"}, {"hours": "x"}, {"hours": "99999"}])
def test_rules_that_cannot_be_kept_are_refused(staff: FlaskClient, agency: Organisation, said: dict[str, str]) -> None:
    assert rule(staff, agency, **said) == 422
    assert db.session.scalars(select(SignInPolicy)).all() == []


def test_whoever_has_no_second_factor_sets_it_up_before_anything_else(
    client: FlaskClient, staff: FlaskClient, agency: Organisation, employee: User
) -> None:
    rule(staff, agency, two_factor="y")
    sign_in(client)
    for path in ("/account", "/courses", "/notices"):
        assert client.get(path).headers["Location"] == "/account/second-factor", path
    assert client.post("/account/name", data={"name-name": "X Y"}).status_code == 403
    assert client.get("/help").status_code == 200
    client.post("/account/second-factor/prepare")
    secret = client.get("/account/second-factor").get_data(as_text=True).partition("<code>")[2].partition("<")[0]
    code = code_now(secret.replace(" ", ""))
    assert client.post("/account/second-factor/confirm", data={"code": code}).status_code == 200
    assert client.get("/account").status_code == 200


def test_it_holds_for_who_is_signed_in_already_and_for_nobody_else(
    client: FlaskClient, site: Flask, staff: FlaskClient, agency: Organisation, employee: User
) -> None:
    signed_in(client, employee)
    stranger = signed_in(site.test_client(), person())
    officer = signed_in(site.test_client(), person(role=Role.OFFICER, organisation_id=agency.id))
    assert client.get("/account").status_code == 200
    rule(staff, agency, two_factor="y")
    assert client.get("/account").status_code == 302
    assert officer.get("/account").status_code == 302
    assert stranger.get("/account").status_code == 200
    rule(staff, agency)  # taken back
    assert client.get("/account").status_code == 200


def test_who_no_longer_works_there_owes_nothing(
    client: FlaskClient, staff: FlaskClient, agency: Organisation, employee: User
) -> None:
    for job in working.jobs_on(date(2026, 6, 1), employee.id):
        working.end(job, until_on=date(2026, 6, 1), by=None, now=NOW)
    rule(staff, agency, two_factor="y")
    sign_in(client)
    assert client.get("/account").status_code == 200


def test_who_has_a_second_factor_keeps_it(
    client: FlaskClient, staff: FlaskClient, agency: Organisation, employee: User
) -> None:
    secret, _codes = with_second_factor(employee)
    rule(staff, agency, two_factor="y")
    sign_in(client)
    client.post("/sign-in/second-step", data={"code": code_now(secret)})
    assert client.get("/account").status_code == 200
    assert client.post("/account/second-factor/remove", data={"code": "1"}).status_code == 409


def test_a_provider_with_two_factors_is_enough(
    client: FlaskClient, site: Flask, staff: FlaskClient, agency: Organisation, employee: User, fake: FakeProvider
) -> None:
    rule(staff, agency, two_factor="y")
    connect(site, fake.about("mygov", two_factor=True))
    through(client)
    sign_in(client, "/sign-in/connect")  # with the password alone it is owed
    assert client.get("/account").status_code == 302
    client.post("/sign-out")
    through(client)
    assert client.get("/account").status_code == 200


def test_a_device_stays_signed_in_as_long_as_the_strictest_allows(
    client: FlaskClient, site: Flask, staff: FlaskClient, agency: Organisation, employee: User
) -> None:
    other = working.create("Agentlik", by=None, now=NOW)
    working.join(employee, other, from_on=date(2026, 1, 1), by=None, now=NOW)
    signed_in(site.test_client(), employee)  # for a day
    before = db.session.scalars(select(LoginSession).where(LoginSession.user_id == employee.id)).one()
    rule(staff, agency, hours="8")
    rule(staff, other, hours="12")
    assert before.expires_at == before.created_at + timedelta(hours=8)
    answer = sign_in(client)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("signed_in="))
    assert f"Max-Age={8 * 3600};" in cookie
    last = db.session.scalars(select(LoginSession).order_by(LoginSession.id.desc()).limit(1)).one()
    assert last.expires_at == last.created_at + timedelta(hours=8)
    assert last.second_factor == SecondFactorState.NONE


def test_without_rules_nothing_changes(client: FlaskClient, employee: User) -> None:
    sign_in(client)
    last = db.session.scalars(select(LoginSession)).one()
    assert last.expires_at - last.created_at == timedelta(days=30)
    assert client.get("/account").status_code == 200


def test_a_change_is_written_down(staff: FlaskClient, agency: Organisation) -> None:
    rule(staff, agency, domains="nazirlik.az", two_factor="y", hours="10")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "sign_in_policy_changed")).one()
    assert event.details == {"domains": ["nazirlik.az"], "two_factor": True, "hours": 10}
    assert event.subject_id == str(agency.id)
    page = staff.get(f"/structure/{agency.id}/sign-in").get_data(as_text=True)
    assert "nazirlik.az" in page
    assert 'value="10"' in page
    assert "checked" in page


def test_a_training_officer_does_not_change_them(client: FlaskClient, agency: Organisation) -> None:
    signed_in(client, person(role=Role.OFFICER, organisation_id=agency.id))
    assert rule(client, agency) == 403
    assert db.session.scalars(select(SignInPolicy)).all() == []
