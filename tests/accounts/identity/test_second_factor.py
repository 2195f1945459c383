"""The code from the phone: asked for at every way in, taken once, and what helps when the phone is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import forgetting, people, registering, sessions, tokens
from app.accounts.identity import second_factor
from app.accounts.identity.models import SecondFactor
from app.accounts.models import LoginSession, Role, Token, TokenPurpose, User
from app.audit import AuditEvent
from app.clock import utc_now
from app.db import db
from app.errors import Refused
from app.web import settings
from tests.accounts.identity.conftest import connect, through
from tests.factories import NOW, PASSWORD, person, signed_in
from tests.provider import FakeProvider


@pytest.fixture
def user(site: Flask) -> User:
    return person(email="aysel@example.com", password=PASSWORD)


def with_second_factor(user: User, *, at: datetime | None = None) -> tuple[str, list[str]]:
    """The secret in the phone, and the recovery codes. The code of `at` is used by this."""
    at = at or utc_now() - timedelta(minutes=5)
    folder = settings().data_folder
    second_factor.prepare(user, folder, now=at)
    secret = second_factor.prepared_secret(user, folder)
    assert secret is not None
    codes = second_factor.confirm(user, code_at(secret, at), folder, device=None, address="127.0.0.1", now=at)
    db.session.commit()
    return secret, codes


def code_at(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def code_now(secret: str) -> str:
    return code_at(secret, utc_now())


def sign_in(client: FlaskClient, path: str = "/sign-in"):  # type: ignore[no-untyped-def]
    return client.post(path, data={"identifier": "aysel@example.com", "password": PASSWORD})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_it_is_set_up_with_a_first_right_code_and_other_devices_are_signed_out(
    client: FlaskClient, site: Flask, user: User
) -> None:
    other = signed_in(site.test_client(), user)
    signed_in(client, user)
    assert client.post("/account/second-factor/prepare").status_code == 303
    page = client.get("/account/second-factor").get_data(as_text=True)
    assert "<svg" in page
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert client.post("/account/second-factor/confirm", data={"code": "000000x"}).status_code == 401
    assert not second_factor.is_on(user)
    page = client.post("/account/second-factor/confirm", data={"code": code_now(secret)}).get_data(as_text=True)
    assert len(re.findall(r"[3-9A-Y]{4}-[3-9A-Y]{4}-[3-9A-Y]{4}", page)) == second_factor.RECOVERY_CODES
    assert second_factor.is_on(user)
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert secret not in client.get("/account/second-factor").get_data(as_text=True)


def test_the_password_alone_opens_nothing_any_more(client: FlaskClient, user: User) -> None:
    secret, _codes = with_second_factor(user)
    answer = sign_in(client, "/sign-in?next=/account?x=1")
    assert answer.headers["Location"] == "/sign-in/second-step"
    assert not is_signed_in(client)
    assert db.session.scalars(select(LoginSession)).all() == []
    assert client.post("/sign-in/second-step", data={"code": "123"}).status_code == 401
    assert not is_signed_in(client)
    answer = client.post("/sign-in/second-step", data={"code": code_now(secret)})
    assert answer.headers["Location"] == "/account?x=1"
    assert is_signed_in(client)
    acts = list(db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))
    assert acts[-2:] == ["second_factor_failed", "signed_in"]


@pytest.mark.parametrize("way", ["mail", "paper", "provider"])
def test_no_other_way_leads_past_it(client: FlaskClient, site: Flask, fake: FakeProvider, user: User, way: str) -> None:
    with_second_factor(user)
    if way == "mail":
        registering.ask_reset("aysel@example.com", now=utc_now())
        secret = tokens.hand_out(user, TokenPurpose.RESET_PASSWORD, now=utc_now())
        answer = client.post(f"/reset/{secret}", data={"password": "yeni uzun sakit söz"})
    elif way == "paper":
        code = people.issue_code(user, settings().data_folder, by=user, now=utc_now())
        answer = client.post("/sign-in/code", data={"code": code})
    else:
        connect(site, fake.about("mygov"))
        people.confirm_fin(user, fake.person.fin or "", settings().data_folder, by=user, now=NOW)
        answer = through(client)
    assert answer.headers["Location"] == "/sign-in/second-step"
    assert not is_signed_in(client)


def test_a_provider_that_asks_for_two_factors_is_enough(
    client: FlaskClient, site: Flask, fake: FakeProvider, user: User
) -> None:
    with_second_factor(user)
    connect(site, fake.about("mygov", two_factor=True))
    people.confirm_fin(user, fake.person.fin or "", settings().data_folder, by=user, now=NOW)
    assert through(client).headers["Location"] == "/"
    assert is_signed_in(client)


def test_connecting_an_identity_waits_for_the_code(
    client: FlaskClient, site: Flask, fake: FakeProvider, user: User
) -> None:
    secret, _codes = with_second_factor(user)
    connect(site, fake.about("mygov"))
    through(client)
    assert sign_in(client, "/sign-in/connect").headers["Location"] == "/sign-in/second-step"
    assert user.fin_confirmed_at is None
    client.post("/sign-in/second-step", data={"code": code_now(secret)})
    assert is_signed_in(client)
    assert user.fin_confirmed_at is not None


def test_a_code_is_taken_once(site: Flask, user: User) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    secret, _codes = with_second_factor(user, at=now - timedelta(minutes=5))
    folder, code = settings().data_folder, code_at(secret, now)
    second_factor.check(user, code, folder, address="", now=now)
    with pytest.raises(Refused):
        second_factor.check(user, code, folder, address="", now=now)
    before = code_at(secret, now - timedelta(seconds=30))
    with pytest.raises(Refused):  # nor one from before it
        second_factor.check(user, before, folder, address="", now=now)


@pytest.mark.parametrize(("seconds", "right"), [(-90, False), (-30, True), (0, True), (30, True), (90, False)])
def test_a_clock_may_differ_by_half_a_minute(site: Flask, user: User, seconds: int, right: bool) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    secret, _codes = with_second_factor(user, at=now - timedelta(minutes=5))
    code = code_at(secret, now + timedelta(seconds=seconds))
    try:
        second_factor.check(user, code, settings().data_folder, address="", now=now)
    except Refused:
        assert not right
    else:
        assert right


def test_a_recovery_code_is_taken_once(client: FlaskClient, user: User) -> None:
    _secret, codes = with_second_factor(user)
    sign_in(client)
    assert client.post("/sign-in/second-step", data={"code": codes[0].lower()}).status_code == 303
    assert is_signed_in(client)
    assert second_factor.codes_left(user) == second_factor.RECOVERY_CODES - 1
    client.post("/sign-out")
    sign_in(client)
    assert client.post("/sign-in/second-step", data={"code": codes[0]}).status_code == 401


def test_new_recovery_codes_end_the_old_ones(client: FlaskClient, user: User) -> None:
    secret, codes = with_second_factor(user)
    signed_in(client, user)
    assert client.post("/account/second-factor/codes", data={"code": "1"}).status_code == 401
    assert client.post("/account/second-factor/codes", data={"code": code_now(secret)}).status_code == 200
    with pytest.raises(Refused):
        second_factor.check(user, codes[1], settings().data_folder, address="", now=utc_now())


def test_guessing_is_stopped(client: FlaskClient, user: User) -> None:
    secret, _codes = with_second_factor(user)
    sign_in(client)
    for _ in range(5):
        assert client.post("/sign-in/second-step", data={"code": "x"}).status_code == 401
    assert client.post("/sign-in/second-step", data={"code": code_now(secret)}).status_code == 429
    assert not is_signed_in(client)


def test_the_second_step_is_for_the_browser_that_made_the_first_and_for_ten_minutes(
    client: FlaskClient, site: Flask, user: User
) -> None:
    secret, _codes = with_second_factor(user)
    sign_in(client)
    stranger = site.test_client()
    assert stranger.post("/sign-in/second-step", data={"code": code_now(secret)}).headers["Location"] == "/sign-in"
    step = db.session.scalars(select(Token).where(Token.purpose == TokenPurpose.SECOND_STEP)).one()
    step.expires_at = utc_now() - timedelta(seconds=1)
    assert client.post("/sign-in/second-step", data={"code": code_now(secret)}).headers["Location"] == "/sign-in"
    assert not is_signed_in(client)


def test_a_new_password_ends_a_sign_in_that_is_half_done(client: FlaskClient, user: User) -> None:
    secret, _codes = with_second_factor(user)
    sign_in(client)
    registering.change_password(user, "x", device=None, now=utc_now())
    assert client.post("/sign-in/second-step", data={"code": code_now(secret)}).headers["Location"] == "/sign-in"


def test_it_is_removed_with_a_code_or_by_staff(client: FlaskClient, site: Flask, user: User) -> None:
    secret, _codes = with_second_factor(user)
    signed_in(client, user)
    assert client.post("/account/second-factor/remove", data={"code": "1"}).status_code == 401
    assert client.post("/account/second-factor/remove", data={"code": code_now(secret)}).status_code == 303
    assert not second_factor.is_on(user)
    with_second_factor(user)
    staff = signed_in(site.test_client(), person(role=Role.ADMINISTRATOR))
    assert staff.post(f"/administration/people/{user.id}/second-factor/remove").status_code == 303
    assert not second_factor.is_on(user)
    assert sessions.open_sessions(user, utc_now()) == []
    removed = list(db.session.scalars(select(AuditEvent.actor_id).where(AuditEvent.act == "second_factor_removed")))
    assert removed[0] == user.id != removed[1]


def test_what_was_begun_and_not_finished_is_forgotten_after_a_day(site: Flask, user: User) -> None:
    other = person()
    with_second_factor(other)
    second_factor.prepare(user, settings().data_folder, now=NOW)
    forgetting.forget(NOW + timedelta(hours=23))
    assert second_factor.prepared_secret(user, settings().data_folder)
    forgetting.forget(NOW + timedelta(hours=25))
    assert second_factor.prepared_secret(user, settings().data_folder) is None
    assert second_factor.is_on(other)


def test_the_database_holds_no_secret_to_read(site: Flask, user: User) -> None:
    secret, codes = with_second_factor(user)
    row = db.session.scalars(select(SecondFactor)).one()
    assert secret.encode() not in row.secret_encrypted
    assert not {code.replace("-", "") for code in codes} & set(row.recovery)
