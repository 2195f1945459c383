"""The owner of an account hears of every change in how it is opened, whatever was chosen and whatever the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import people, registering, tokens
from app.accounts.identity import linking, second_factor
from app.accounts.identity.models import IdentityLink
from app.accounts.models import Role, TokenPurpose, User
from app.clock import utc_now
from app.db import db
from app.notices import preferring, writing
from app.notices.kinds import Group
from app.notices.models import Notice
from app.notices.preferring import Chosen
from tests.accounts.identity.conftest import FIN, through
from tests.accounts.identity.test_second_factor import code_now, sign_in, with_second_factor
from tests.factories import NOW, PASSWORD, person, signed_in

NIGHT = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)  # a Sunday, two at night in Baku


def told(user: User, kind: str = "safety") -> list[Notice]:
    query = select(Notice).where(Notice.recipient_id == user.id, Notice.kind == kind).order_by(Notice.id)
    return list(db.session.scalars(query))


def changes(user: User) -> list[tuple[str, bool]]:
    return [(one.params["what"], one.params["by_staff"]) for one in told(user)]


def test_an_identity_that_is_connected_and_disconnected_is_told(client: FlaskClient, known: User) -> None:
    through(client)  # found by the FIN alone, nobody asked
    link = db.session.scalars(select(IdentityLink.id)).one()
    client.post(f"/account/identities/{link}/disconnect")
    assert changes(known) == [("connected", False), ("disconnected", False)]
    through(client)
    client.post("/sign-out")
    through(client)  # it is connected already
    assert changes(known)[2:] == [("connected", False)]
    assert all(FIN not in str(writing.mail(one)) for one in told(known))
    assert "mygov ID" in writing.letter("safety", told(known)[0].params, "en").subject


def test_what_staff_do_is_said_to_be_of_staff(client: FlaskClient, site: Flask, known: User) -> None:
    through(client)
    secret, _codes = with_second_factor(known)
    assert secret
    staff = signed_in(site.test_client(), person(role=Role.ADMINISTRATOR))
    link = db.session.scalars(select(IdentityLink.id)).one()
    staff.post(f"/administration/people/{known.id}/identities/{link}/disconnect")
    staff.post(f"/administration/people/{known.id}/second-factor/remove")
    assert changes(known)[-2:] == [("disconnected", True), ("factor_removed", True)]


def test_every_step_of_a_second_factor_is_told_without_its_secrets(client: FlaskClient, site: Flask) -> None:
    user = person(email="aysel@example.com", password=PASSWORD)
    secret, codes = with_second_factor(user)
    sign_in(client)
    client.post("/sign-in/second-step", data={"code": codes[0]})
    client.post("/account/second-factor/codes", data={"code": codes[1]})
    client.post("/account/second-factor/remove", data={"code": code_now(secret)})
    said = ["factor_set", "code_used", "code_used", "codes_renewed", "factor_removed"]
    assert changes(user) == [(one, False) for one in said]
    assert [one.params["left"] for one in told(user)[1:3]] == [9, 8]
    for notice in told(user):
        text = str(writing.mail(notice))
        assert not [hidden for hidden in (secret, *codes) if hidden in text]
        assert "/forgotten" in text
        assert site.config["CONTACT_EMAIL"] in text


def test_it_is_mailed_at_once_at_night_and_cannot_be_switched_off(site: Flask) -> None:
    user = person()
    preferring.choose(user.id, Chosen(not_mailed=frozenset(Group)), now=NOW)
    with_second_factor(user, at=NIGHT)
    (notice,) = told(user)
    assert (notice.address, notice.not_before, notice.sent_at) == (user.address, NIGHT, None)


def test_a_changed_password_is_told_also_to_who_has_no_address(site: Flask) -> None:
    user = person(email=None, password=PASSWORD)
    registering.change_password(user, "x", device=None, now=NOW)
    (notice,) = told(user, "password_changed")
    assert notice.address is None


@pytest.mark.parametrize("old", ["old@example.com", None])
def test_both_addresses_hear_of_a_new_one(site: Flask, old: str | None) -> None:
    user = person(email=old)
    secret = tokens.hand_out(user, TokenPurpose.CHANGE_EMAIL, email="new@example.com", now=NOW)
    token = tokens.find(secret, TokenPurpose.CHANGE_EMAIL, now=NOW)
    assert token is not None
    registering.change_email(token, now=NOW)
    sent = db.session.scalars(select(Notice).where(Notice.kind == "email_changed").order_by(Notice.id)).all()
    assert [one.address for one in sent] == [address for address in (old, "new@example.com") if address]
    assert [one.recipient_id for one in sent] == [user.id, None][: len(sent)]  # on the page once
    people.close_account(user, by=person(role=Role.ADMINISTRATOR), now=NOW)
    assert db.session.scalars(select(Notice).where(Notice.kind == "email_changed")).all() == []


def test_who_closes_the_account_is_told_nothing_more(site: Flask) -> None:
    user = person()
    with_second_factor(user)
    people.close_account(user, by=person(role=Role.ADMINISTRATOR), now=utc_now())
    assert not second_factor.is_on(user)
    assert told(user) == []


def test_the_same_identity_shown_again_is_no_change(client: FlaskClient, known: User) -> None:
    through(client)
    (link,) = linking.links_of(known)
    link.used_at = NOW - timedelta(days=1)
    client.post("/sign-out")
    through(client)
    assert changes(known) == [("connected", False)]
