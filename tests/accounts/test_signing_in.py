"""Signing in and out, throttling, devices: through the pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import passwords, people, sessions, throttling
from app.accounts.login import COOKIE
from app.accounts.models import LoginSession, Role, SignInAttempt, User
from app.audit import AuditEvent
from app.clock import utc_now
from app.db import db
from app.web import settings
from tests.factories import PASSWORD, person, signed_in


@pytest.fixture
def user(site: Flask) -> User:
    return person(email="aysel@example.com", password=PASSWORD, language="en")


def sign_in(client: FlaskClient, name: str = "aysel@example.com", password: str = PASSWORD, **named: object):  # type: ignore[no-untyped-def]
    return client.post("/sign-in", data={"identifier": name, "password": password}, **named)


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.act)))


def test_somebody_signs_in_by_address_and_goes_where_they_wanted(client: FlaskClient, user: User) -> None:
    answer = client.post("/sign-in?next=/account", data={"identifier": " Aysel@example.com", "password": PASSWORD})
    assert answer.headers["Location"] == "/account"
    assert client.get("/account").status_code == 200
    assert "signed_in" in acts()


def test_the_way_on_leads_to_no_other_site(client: FlaskClient, user: User) -> None:
    answer = client.post("/sign-in?next=//evil.example", data={"identifier": "aysel@example.com", "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_the_cookie_is_for_the_server_alone(client: FlaskClient, user: User) -> None:
    cookie = next(c for c in sign_in(client).headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = sign_in(client, base_url="https://localhost").headers.getlist("Set-Cookie")
    assert "Secure" in next(c for c in secure if c.startswith(COOKIE))


def test_the_database_keeps_no_token(client: FlaskClient, user: User) -> None:
    sign_in(client)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert db.session.scalars(select(LoginSession.token_hash)).one() == sessions.token_hash(cookie.value)


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(client: FlaskClient, user: User) -> None:
    wrong = sign_in(client, password="yanlış parol budur")
    unknown = sign_in(client, name="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 401
    pages = [re.sub(r'(content|value)="[^"]*"', "", answer.get_data(as_text=True)) for answer in (wrong, unknown)]
    assert pages[0] == pages[1]
    assert client.get("/account").status_code == 302


def test_five_failures_make_one_wait_also_with_the_right_password(client: FlaskClient, user: User) -> None:
    for _ in range(throttling.MOST_OF_PAIR):
        assert sign_in(client, password="yanlış parol").status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "15" in answer.get_data(as_text=True)
    assert client.get("/account").status_code == 302


def test_a_name_that_does_not_exist_waits_as_well(client: FlaskClient, user: User) -> None:
    for _ in range(throttling.MOST_OF_PAIR):
        sign_in(client, name="nobody@example.com")
    assert sign_in(client, name="nobody@example.com").status_code == 429


def test_who_mistypes_at_another_place_locks_nobody_out(client: FlaskClient, user: User) -> None:
    for _ in range(throttling.MOST_OF_PAIR + 1):
        sign_in(client, password="yanlış", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert sign_in(client).status_code == 303


def test_one_account_attacked_from_many_places_is_protected(client: FlaskClient, user: User) -> None:
    hashed = throttling.name_hash("aysel@example.com", settings().data_folder)
    for n in range(throttling.MOST_OF_NAME):
        throttling.note(hashed, f"203.0.113.{n}", succeeded=False, now=utc_now())
    assert sign_in(client).status_code == 429


def test_one_place_attacking_many_accounts_is_stopped(client: FlaskClient, user: User) -> None:
    for n in range(throttling.MOST_OF_ADDRESS):
        throttling.note(f"{n}", "127.0.0.1", succeeded=False, now=utc_now())
    assert sign_in(client).status_code == 429


def test_a_success_forgives_the_failures_before_it(client: FlaskClient, user: User) -> None:
    for _ in range(2):
        for _ in range(throttling.MOST_OF_PAIR - 1):
            sign_in(client, password="yanlış")
        assert sign_in(client).status_code == 303


def test_the_wait_ends(client: FlaskClient, user: User) -> None:
    hashed = throttling.name_hash("aysel@example.com", settings().data_folder)
    long_ago = utc_now() - throttling.WINDOW - timedelta(seconds=1)
    for _ in range(throttling.MOST_OF_PAIR):
        throttling.note(hashed, "127.0.0.1", succeeded=False, now=long_ago)
    assert sign_in(client).status_code == 303


def test_what_was_typed_as_a_name_is_not_kept(client: FlaskClient, user: User) -> None:
    sign_in(client, name="oops my password")
    attempt = db.session.scalars(select(SignInAttempt)).one()
    assert "oops" not in attempt.identifier_hash + attempt.reason


def test_an_older_hash_is_renewed_at_sign_in(client: FlaskClient, user: User) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    user.password_hash = weak
    sign_in(client)
    assert user.password_hash != weak
    assert passwords.is_right(user.password_hash, PASSWORD)


def test_a_closed_account_opens_no_more(client: FlaskClient, user: User) -> None:
    signed_in(client, user)
    people.close_account(user, by=person(role=Role.ADMINISTRATOR), now=utc_now())
    assert client.get("/account").status_code == 302
    assert sign_in(client).status_code == 401


def test_with_a_confirmed_fin_one_may_sign_in(client: FlaskClient, user: User) -> None:
    people.confirm_fin(user, "5AB12CD", settings().data_folder, by=user, now=utc_now())
    assert sign_in(client, name="5ab12cd").status_code == 303


def test_with_an_unconfirmed_fin_nobody_signs_in(client: FlaskClient, user: User) -> None:
    signed_in(client, user).post("/account/fin", data={"fin-fin": "5AB12CD"})
    client.post("/sign-out")
    assert sign_in(client, name="5AB12CD").status_code == 401


# ---- codes on paper


def test_a_pupil_without_an_address_signs_in_with_a_code_once(site: Flask, client: FlaskClient) -> None:
    pupil, staff = person(email=None), person(role=Role.ADMINISTRATOR)
    pupil.consented_at = None
    code = people.issue_code(pupil, settings().data_folder, by=staff, now=utc_now())
    answer = client.post("/sign-in/code", data={"code": code.lower().replace("-", " ")})
    assert answer.headers["Location"] == "/consent?next=/"
    assert client.post("/consent?next=/account").headers["Location"] == "/account"
    assert pupil.consented_at is not None
    again = site.test_client().post("/sign-in/code", data={"code": code})
    assert again.status_code == 401


def test_a_code_ends_after_a_week_and_with_a_newer_one(client: FlaskClient) -> None:
    pupil, staff = person(email=None), person(role=Role.ADMINISTRATOR)
    data = settings().data_folder
    old = people.issue_code(pupil, data, by=staff, now=utc_now())
    late = people.issue_code(pupil, data, by=staff, now=utc_now() - timedelta(days=8))
    assert client.post("/sign-in/code", data={"code": old}).status_code == 401
    assert client.post("/sign-in/code", data={"code": late}).status_code == 401


def test_guessing_codes_is_stopped(client: FlaskClient) -> None:
    for n in range(throttling.MOST_OF_ADDRESS):
        throttling.note(f"{n}", "127.0.0.1", succeeded=False, now=utc_now())
    assert client.post("/sign-in/code", data={"code": "AAAA-AAAA-AAAA"}).status_code == 429


# ---- devices


def test_signing_out_ends_this_device_alone(site: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client)
    other = site.test_client()
    sign_in(other)
    answer = client.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert client.get("/account").status_code == 302
    assert other.get("/account").status_code == 200


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(site: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    client.post("/sign-out")
    thief = site.test_client()
    thief.set_cookie(COOKIE, cookie.value)
    assert thief.get("/account").status_code == 302


def test_signing_out_everywhere_ends_every_device(site: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client)
    other = site.test_client()
    sign_in(other)
    client.post("/account/sign-out-everywhere")
    assert client.get("/account").status_code == 302
    assert other.get("/account").status_code == 302
    assert "signed_out_everywhere" in acts()


def test_one_device_is_signed_out_from_another(site: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client)
    phone = site.test_client()
    sign_in(phone, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile"})
    page = client.get("/account").get_data(as_text=True)
    assert "Chrome · Android" in page
    row = db.session.scalars(select(LoginSession).where(LoginSession.device == "Chrome · Android")).one()
    client.post(f"/account/devices/{row.id}/sign-out")
    assert phone.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_nobody_signs_out_a_strangers_device(site: Flask, client: FlaskClient, user: User) -> None:
    stranger = site.test_client()
    signed_in(stranger, person())
    sign_in(client)
    row = db.session.scalars(select(LoginSession).where(LoginSession.user_id == user.id)).one()
    assert stranger.post(f"/account/devices/{row.id}/sign-out").status_code == 404
    assert client.get("/account").status_code == 200


def test_a_session_ends_by_its_date(client: FlaskClient, user: User) -> None:
    sign_in(client)
    db.session.scalars(select(LoginSession)).one().expires_at = utc_now() - timedelta(seconds=1)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17.0 Mobile Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120) Gecko Firefox/120", "Firefox · Linux"),
        ("curl/8", "—"),
    ],
)
def test_a_device_is_named_by_browser_and_system(agent: str, name: str) -> None:
    assert sessions.device_name(agent) == name
