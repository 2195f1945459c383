"""Signing up, confirming, forgotten passwords, new addresses: through the pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import registering
from app.accounts.models import LoginSession, Token, User
from app.clock import utc_now
from app.db import db
from app.notices.models import Notice
from tests.factories import NOW, PASSWORD, person, signed_in

FORM = {"name": "Aysel Həsənova", "email": "Aysel@Example.com", "consent": "y"}


def mails(kind: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def link(kind: str, path: str) -> str:
    return f"/{path}/{mails(kind)[-1].params['token']}"


def test_somebody_signs_up_confirms_and_is_in(client: FlaskClient) -> None:
    answer = client.post("/sign-up", data=FORM)
    assert answer.headers["Location"] == "/mail-sent"
    answer = client.post(link("confirm_email", "confirm"), data={"name": "Aysel Həsənova", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    assert client.get("/account").status_code == 200
    user = db.session.scalars(select(User)).one()
    assert (user.email, user.email_confirmed_at is not None) == ("aysel@example.com", True)
    assert user.consented_at is not None


def test_sign_up_answers_the_same_whether_or_not_the_address_is_known(client: FlaskClient) -> None:
    person(email="known@example.com")
    known = client.post("/sign-up", data=FORM | {"email": "known@example.com"})
    unknown = client.post("/sign-up", data=FORM)
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert known.get_data() == unknown.get_data()
    assert [mail.address for mail in mails("already_known")] == ["known@example.com"]
    assert [mail.address for mail in mails("confirm_email")] == ["aysel@example.com"]


def test_signing_up_changes_nothing_of_an_account_that_exists(client: FlaskClient) -> None:
    user = person("Real Name", email="known@example.com", password=PASSWORD)
    client.post("/sign-up", data=FORM | {"email": "known@example.com", "name": "Mallory"})
    assert user.name == "Real Name"
    assert not db.session.scalars(select(Token)).all()


def test_without_consent_there_is_no_account(client: FlaskClient) -> None:
    answer = client.post("/sign-up", data={"name": "Aysel", "email": "a@example.com"})
    assert answer.status_code == 422
    assert 'href="#consent"' in answer.get_data(as_text=True)
    assert not db.session.scalars(select(User)).all()


@pytest.mark.parametrize("email", ["aysel", "aysel@", "@example.com", "a b@example.com", "aysel@localhost"])
def test_what_is_no_address_is_said_at_the_field(client: FlaskClient, email: str) -> None:
    answer = client.post("/sign-up", data=FORM | {"email": email})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.get_data(as_text=True)


def test_a_link_works_once_and_a_newer_one_ends_it(client: FlaskClient) -> None:
    client.post("/sign-up", data=FORM)
    old = link("confirm_email", "confirm")
    client.post("/sign-up", data=FORM)
    new = link("confirm_email", "confirm")
    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200
    client.post(new, data={"name": "Aysel", "password": PASSWORD})
    assert client.get(new).status_code == 410


def test_an_expired_link_says_so(client: FlaskClient) -> None:
    client.post("/sign-up", data=FORM)
    token = db.session.scalars(select(Token)).one()
    token.expires_at = utc_now() - timedelta(seconds=1)
    answer = client.get(link("confirm_email", "confirm"))
    assert answer.status_code == 410
    assert 'href="/sign-up"' in answer.get_data(as_text=True)


def test_opening_the_link_does_not_use_it(client: FlaskClient) -> None:
    client.post("/sign-up", data=FORM)
    for _ in range(3):
        assert client.get(link("confirm_email", "confirm")).status_code == 200


def test_a_weak_password_keeps_the_link_and_the_name(client: FlaskClient) -> None:
    client.post("/sign-up", data=FORM)
    answer = client.post(link("confirm_email", "confirm"), data={"name": "Aysel Q.", "password": "1234567890"})
    assert answer.status_code == 422
    assert 'value="Aysel Q."' in answer.get_data(as_text=True)
    assert client.get(link("confirm_email", "confirm")).status_code == 200


def test_nobody_is_flooded_with_mail(client: FlaskClient) -> None:
    for _ in range(10):
        client.post("/sign-up", data=FORM)
    assert len(mails("confirm_email")) == registering.MAILS_AN_HOUR


def test_the_token_is_stored_hashed(client: FlaskClient) -> None:
    client.post("/sign-up", data=FORM)
    secret = mails("confirm_email")[-1].params["token"]
    assert secret not in db.session.scalars(select(Token.token_hash)).one()


# ---- forgotten passwords


def test_a_forgotten_password_is_set_anew_and_other_devices_are_out(site: Flask, client: FlaskClient) -> None:
    user = person(email="known@example.com", password=PASSWORD)
    elsewhere = signed_in(site.test_client(), user)
    assert client.post("/forgotten", data={"email": "KNOWN@example.com"}).headers["Location"] == "/mail-sent"
    answer = client.post(link("reset_password", "reset"), data={"password": "tamam başqa uzun söz"})
    assert answer.headers["Location"] == "/"
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert len(mails("password_changed")) == 1


def test_a_forgotten_password_of_nobody_gets_the_same_answer(client: FlaskClient) -> None:
    person(email="known@example.com")
    known = client.post("/forgotten", data={"email": "known@example.com"})
    unknown = client.post("/forgotten", data={"email": "nobody@example.com"})
    assert known.get_data() == unknown.get_data()
    assert len(mails("reset_password")) == 1


def test_a_link_of_one_purpose_opens_no_other(client: FlaskClient) -> None:
    person(email="known@example.com")
    client.post("/forgotten", data={"email": "known@example.com"})
    assert client.get(link("reset_password", "confirm")).status_code == 410


# ---- invitations


def test_who_is_invited_chooses_a_password_and_consents(client: FlaskClient) -> None:
    teacher = person("Ənvər Quliyev")
    user, new = registering.invite("Rəşad Əli", "rashad@example.com", language="az", by=teacher, now=utc_now())
    assert new
    path = link("invitation", "confirm")
    assert client.post(path, data={"name": "Rəşad Əli", "password": PASSWORD}).status_code == 422
    client.post(path, data={"name": "Rəşad Əli", "password": PASSWORD, "consent": "y"})
    assert user.consented_at is not None
    assert client.get("/account").status_code == 200


def test_who_has_an_account_is_not_invited_again(site: Flask) -> None:
    known = person(email="known@example.com")
    user, new = registering.invite("X Y", "known@example.com", language="az", by=known, now=NOW)
    assert (user is known, new, mails("invitation")) == (True, False, [])


# ---- another address


def test_a_new_address_counts_once_its_holder_confirms_it(client: FlaskClient) -> None:
    user = person(email="old@example.com", password=PASSWORD)
    signed_in(client, user)
    client.post("/account/email", data={"address-email": "new@example.com", "address-current": PASSWORD})
    assert user.email == "old@example.com"
    path = link("change_email", "confirm-change")
    assert client.get(path).status_code == 200
    assert user.email == "old@example.com"
    client.post(path)
    assert user.email == "new@example.com"
    assert [mail.address for mail in mails("email_changed")] == ["old@example.com", "new@example.com"]


def test_a_new_address_needs_the_password(client: FlaskClient) -> None:
    signed_in(client, person(password=PASSWORD))
    answer = client.post("/account/email", data={"address-email": "new@example.com", "address-current": "wrong one"})
    assert answer.status_code == 422
    assert 'id="address-current-error"' in answer.get_data(as_text=True)
    assert not mails("change_email")


def test_asking_for_somebody_elses_address_tells_the_asker_nothing(client: FlaskClient) -> None:
    person(email="taken@example.com")
    signed_in(client, person(password=PASSWORD, language="en"))
    form = {"address-current": PASSWORD}
    taken = client.post("/account/email", data=form | {"address-email": "taken@example.com"})
    free = client.post("/account/email", data=form | {"address-email": "free@example.com"})
    assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"])
    assert [mail.address for mail in mails("change_email")] == ["free@example.com"]


def test_an_address_somebody_else_only_asked_for_goes_to_who_reads_its_mail(client: FlaskClient) -> None:
    client.post("/sign-up", data=FORM)
    user = person(password=PASSWORD)
    signed_in(client, user)
    client.post("/account/email", data={"address-email": "aysel@example.com", "address-current": PASSWORD})
    client.post(link("change_email", "confirm-change"))
    assert user.email == "aysel@example.com"


def test_names_are_names(site: Flask) -> None:
    from app.errors import Refused

    assert registering.normalise_name("  Əli   Rza-oğlu ") == "Əli Rza-oğlu"
    for name in ("", "x", "12", "a" * 121, "Buy now http://x.example", "a\u202eb"):
        with pytest.raises(Refused):
            registering.normalise_name(name)


def test_every_answer_of_a_link_page_hides_whose_it_is(client: FlaskClient) -> None:
    page = client.get("/confirm/wrong").get_data(as_text=True)
    assert not re.search(r"@example", page)
    assert not db.session.scalars(select(LoginSession)).all()
