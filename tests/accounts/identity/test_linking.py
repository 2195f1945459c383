"""Whose account an identity opens: by a confirmed FIN, by the account's own password, by staff; by nothing else."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.accounts import fin, forgetting, people
from app.accounts.identity.models import IdentityClaim, IdentityLink
from app.accounts.models import Role, User
from app.audit import AuditEvent
from app.clock import utc_now
from app.db import db
from app.web import settings
from tests.accounts.identity.conftest import FIN, confirmed, connect, through
from tests.factories import NOW, PASSWORD, person, signed_in
from tests.provider import FakeProvider


def links() -> list[tuple[int, str, str]]:
    found = db.session.scalars(select(IdentityLink).order_by(IdentityLink.id))
    return [(one.user_id, one.provider, one.how) for one in found]


def acts(*wanted: str) -> list[str]:
    return [act for act in db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)) if act in wanted]


def who(client: FlaskClient) -> str:
    found = re.search(r'page-header__lead">([^<]*)', client.get("/account").get_data(as_text=True))
    return found[1] if found else ""


def show_password(client: FlaskClient, name: str = "aysel@example.com", password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return client.post("/sign-in/connect", data={"identifier": name, "password": password})


def test_a_fin_that_staff_confirmed_links(client: FlaskClient, known: User) -> None:
    through(client)
    assert links() == [(known.id, "mygov", "fin")]
    assert acts("identity_linked", "signed_in") == ["identity_linked", "signed_in"]


def test_a_fin_that_nobody_confirmed_links_nothing(client: FlaskClient, connected: Flask) -> None:
    user = person(email="aysel@example.com", password=PASSWORD)
    fin.keep(user, FIN, settings().data_folder)
    assert through(client).headers["Location"] == "/sign-in/connect"
    assert links() == []


def test_an_address_links_nothing(client: FlaskClient, site: Flask, fake: FakeProvider) -> None:
    connect(site, fake.about("oidc"))
    person(email=fake.person.email, password=PASSWORD)
    assert through(client, "oidc").headers["Location"] == "/sign-in/connect"
    assert links() == []


def test_a_fin_of_a_provider_that_is_not_trusted_with_it_links_nothing(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    connect(site, fake.about("oidc"))
    assert through(client, "oidc").headers["Location"] == "/sign-in/connect"


def test_who_shows_the_password_once_is_connected_and_the_fin_is_confirmed(
    client: FlaskClient, connected: Flask
) -> None:
    user = person(email="aysel@example.com", password=PASSWORD)
    through(client, next="/account?x=1")
    page = client.get("/sign-in/connect").get_data(as_text=True)
    assert "Aysel Həsənova" in page
    assert "5AB****" in page
    answer = show_password(client)
    assert answer.headers["Location"] == "/account?x=1"
    assert links() == [(user.id, "mygov", "password")]
    assert user.fin_confirmed_at is not None
    assert fin.reveal(user, settings().data_folder) == FIN
    client.post("/sign-out")
    assert through(client).headers["Location"] == "/"
    assert client.get("/account").status_code == 200


def test_a_wrong_password_connects_nothing_and_counts(client: FlaskClient, connected: Flask) -> None:
    person(email="aysel@example.com", password=PASSWORD)
    through(client)
    for _ in range(5):
        assert show_password(client, password="yanlış parol").status_code == 401
    assert show_password(client).status_code == 429
    assert links() == []


def test_the_password_of_an_account_with_another_confirmed_fin_connects_nothing(
    client: FlaskClient, connected: Flask
) -> None:
    confirmed("9ZZ99ZZ", email="aysel@example.com", password=PASSWORD)
    client.set_cookie("language", "en")
    through(client)
    answer = show_password(client)
    assert answer.status_code == 409
    assert "not the one confirmed" in answer.get_data(as_text=True)
    assert links() == []
    assert client.get("/account").status_code == 302


def test_the_page_is_for_the_browser_that_came_from_the_provider(
    client: FlaskClient, site: Flask, connected: Flask
) -> None:
    person(email="aysel@example.com", password=PASSWORD)
    through(client)
    stranger = site.test_client()
    assert stranger.get("/sign-in/connect").status_code == 410
    assert show_password(stranger).status_code == 410
    assert links() == []


def test_the_page_waits_a_quarter_of_an_hour(client: FlaskClient, connected: Flask) -> None:
    person(email="aysel@example.com", password=PASSWORD)
    through(client)
    db.session.scalars(select(IdentityClaim)).one().expires_at = utc_now() - timedelta(seconds=1)
    assert client.get("/sign-in/connect").status_code == 410
    assert show_password(client).status_code == 410
    assert links() == []


def test_a_linked_identity_is_known_by_its_subject_alone(
    client: FlaskClient, known: User, fake: FakeProvider, site: Flask
) -> None:
    connect(site, fake.about("oidc", fin_claim="fin"))
    through(client, "oidc")
    client.post("/sign-out")
    fake.person.fin = None
    assert through(client, "oidc").headers["Location"] == "/"
    assert who(client) == known.name


def test_the_same_subject_with_another_fin_is_stopped(client: FlaskClient, known: User, fake: FakeProvider) -> None:
    through(client)
    client.post("/sign-out")
    fake.person.fin = "9ZZ99ZZ"
    answer = through(client)
    assert "fin_differs" in answer.get_data(as_text=True)
    assert client.get("/account").status_code == 302
    assert acts("provider_refused") == ["provider_refused"]


def test_another_subject_with_a_fin_that_is_linked_is_stopped(
    client: FlaskClient, known: User, fake: FakeProvider
) -> None:
    through(client)
    client.post("/sign-out")
    fake.person.sub = "u-2"
    assert "other_identity" in through(client).get_data(as_text=True)
    assert links() == [(known.id, "mygov", "fin")]


def test_the_same_subject_of_another_provider_is_somebody_else(
    client: FlaskClient, known: User, fake: FakeProvider
) -> None:
    through(client, "oidc")
    client.post("/sign-out")
    fake.person.fin = "9ZZ99ZZ"
    assert through(client, "mygov").headers["Location"] == "/sign-in/connect"


def test_a_closed_account_is_said_to_be_closed(client: FlaskClient, known: User, fake: FakeProvider) -> None:
    through(client)
    client.post("/sign-out")
    people.close_account(known, by=person(role=Role.ADMINISTRATOR), now=NOW)
    assert "account_inactive" in through(client).get_data(as_text=True)
    again = confirmed(email="new@example.com")  # the same person, with a new account
    assert through(client).headers["Location"] == "/"
    assert [user_id for user_id, *_rest in links()] == [again.id]


def test_who_is_signed_in_connects_with_the_password(client: FlaskClient, connected: Flask) -> None:
    user = person(password=PASSWORD)
    signed_in(client, user)
    assert "Connect" in client.get("/account").get_data(as_text=True)
    assert through(client, connect="1").headers["Location"] == "/sign-in/connect"
    assert client.post("/sign-in/connect", data={"current": "yanlış"}).status_code == 409
    assert links() == []
    answer = client.post("/sign-in/connect", data={"current": PASSWORD})
    assert answer.headers["Location"] == "/account"
    assert links() == [(user.id, "mygov", "password")]
    assert "Disconnect" in client.get("/account").get_data(as_text=True)


def test_an_identity_of_somebody_else_is_not_taken_over(client: FlaskClient, site: Flask, known: User) -> None:
    through(site.test_client())
    other = person(name="Başqa Adam", password=PASSWORD)
    signed_in(client, other)
    answer = through(client, connect="1")
    assert "other_identity" in answer.get_data(as_text=True)
    assert links() == [(known.id, "mygov", "fin")]
    assert who(client) == "Başqa Adam"


def test_what_was_connected_can_be_disconnected_by_its_owner_alone(
    client: FlaskClient, site: Flask, known: User
) -> None:
    through(client)
    link = db.session.scalars(select(IdentityLink.id)).one()
    stranger = signed_in(site.test_client(), person())
    assert stranger.post(f"/account/identities/{link}/disconnect").status_code == 404
    assert client.post(f"/account/identities/{link}/disconnect").status_code == 303
    assert links() == []
    assert acts("identity_unlinked") == ["identity_unlinked"]


def test_the_only_way_in_is_not_disconnected(client: FlaskClient, connected: Flask) -> None:
    confirmed()
    through(client)
    link = db.session.scalars(select(IdentityLink.id)).one()
    answer = client.post(f"/account/identities/{link}/disconnect")
    assert answer.status_code == 409
    assert "Set a password first" in answer.get_data(as_text=True)
    assert len(links()) == 1


# ---- staff


@pytest.fixture
def staff(site: Flask) -> FlaskClient:
    return signed_in(site.test_client(), person(name="Rəhim Quliyev", role=Role.ADMINISTRATOR))


def ask(client: FlaskClient) -> int:
    through(client)
    answer = client.post("/sign-in/connect/ask", data={"ask-contact": "050 123 45 67"})
    assert answer.status_code == 303
    return db.session.scalars(select(IdentityClaim.id).where(IdentityClaim.asked_at.is_not(None))).all()[-1]


def test_staff_find_the_account_and_connect_it(client: FlaskClient, connected: Flask, staff: FlaskClient) -> None:
    user = person(name="Aysel Həsənova")
    claim = ask(client)
    assert "Aysel" in staff.get("/administration/identities").get_data(as_text=True)
    page = staff.get(f"/administration/identities/{claim}").get_data(as_text=True)
    assert "5AB****" in page
    assert "050 123 45 67" in page
    answer = staff.post(f"/administration/identities/{claim}/connect", data={"user": user.id})
    assert answer.headers["Location"] == f"/administration/people/{user.id}"
    assert links() == [(user.id, "mygov", "staff")]
    assert user.fin_confirmed_at is not None
    assert "by staff" in staff.get(f"/administration/people/{user.id}").get_data(as_text=True)
    assert through(client).headers["Location"] == "/"
    assert who(client) == "Aysel Həsənova"
    kept = db.session.scalars(select(IdentityClaim)).one()
    assert (kept.fin_encrypted, kept.name, kept.contact) == (None, "", "")


def test_staff_see_who_gave_the_same_fin(client: FlaskClient, connected: Flask, staff: FlaskClient) -> None:
    user = person(name="Tamam Başqa")
    fin.keep(user, FIN, settings().data_folder)
    assert "Tamam Başqa" in staff.get(f"/administration/identities/{ask(client)}").get_data(as_text=True)


def test_who_asked_staff_no_longer_connects_by_password(client: FlaskClient, connected: Flask) -> None:
    person(email="aysel@example.com", password=PASSWORD)
    ask(client)
    assert show_password(client).status_code == 410


def test_staff_turn_down_and_disconnect(
    client: FlaskClient, known: User, staff: FlaskClient, fake: FakeProvider
) -> None:
    through(client)
    link = db.session.scalars(select(IdentityLink.id)).one()
    path = f"/administration/people/{known.id}/identities/{link}/disconnect"
    assert staff.post(path).status_code == 303
    assert links() == []
    fake.person.fin = "9ZZ99ZZ"
    other = client.application.test_client()
    claim = ask(other)
    staff.post(f"/administration/identities/{claim}/turn-down")
    assert staff.get(f"/administration/identities/{claim}").status_code == 404
    assert staff.post(f"/administration/identities/{claim}/connect", data={"user": known.id}).status_code == 404
    assert acts("identity_turned_down", "identity_unlinked") == ["identity_unlinked", "identity_turned_down"]


def test_asking_twice_leaves_one_request(client: FlaskClient, connected: Flask, staff: FlaskClient) -> None:
    first, second = ask(client), ask(client)
    assert staff.get(f"/administration/identities/{first}").status_code == 404
    assert staff.get(f"/administration/identities/{second}").status_code == 200


def test_who_finds_the_password_after_all_waits_for_staff_no_longer(
    client: FlaskClient, connected: Flask, staff: FlaskClient
) -> None:
    user = person(email="aysel@example.com", password=PASSWORD)
    claim = ask(client)
    through(client)
    show_password(client)
    assert links() == [(user.id, "mygov", "password")]
    assert staff.get(f"/administration/identities/{claim}").status_code == 404


def test_of_a_closed_account_nothing_is_known_after_a_month(client: FlaskClient, known: User) -> None:
    through(client)
    people.close_account(known, by=person(role=Role.ADMINISTRATOR), now=NOW)
    forgetting.forget(NOW + timedelta(days=29))
    assert len(links()) == 1
    forgetting.forget(NOW + timedelta(days=31))
    assert links() == []


def test_what_nobody_decided_about_is_forgotten(client: FlaskClient, connected: Flask) -> None:
    ask(client)
    forgetting.forget(utc_now() + timedelta(days=29))
    assert db.session.scalar(select(IdentityClaim.id)) is not None
    forgetting.forget(utc_now() + timedelta(days=31))
    assert db.session.scalar(select(IdentityClaim.id)) is None


# ---- the FIN is nowhere to be read


@pytest.mark.parametrize("sub_is_fin", [False, True])
def test_the_fin_stands_in_no_log_page_address_or_row(
    client: FlaskClient,
    connected: Flask,
    staff: FlaskClient,
    fake: FakeProvider,
    sub_is_fin: bool,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """mygov ID may well call people by their FIN."""
    caplog.set_level(logging.DEBUG)
    marker = fake.person.fin = "7QW83XZ"
    if sub_is_fin:
        fake.person.sub = marker
    seen: list[str] = []

    def open_(browser: FlaskClient, path: str, **data: object) -> None:
        answer = browser.post(path, data=data) if data else browser.get(path)
        seen.append(answer.get_data(as_text=True) + str(answer.headers))

    claim = ask(client)
    for path in ("/administration/identities", f"/administration/identities/{claim}", "/staff/audit"):
        open_(staff, path)
    user = person(email="aysel@example.com", password=PASSWORD)
    other = client.application.test_client()
    seen.append(str(through(other).headers))
    open_(other, "/sign-in/connect")
    open_(other, "/sign-in/connect", identifier="aysel@example.com", password=PASSWORD)
    assert links() == [(user.id, "mygov", "password")]
    for path in ("/account", "/"):
        open_(other, path)
    for path in (f"/administration/people/{user.id}", "/staff/audit"):
        open_(staff, path)
    fake.fault = "wrong aud"
    seen.append(through(client).get_data(as_text=True))
    fake.fault, fake.person.sub = "", "u-9"
    seen.append(through(client).get_data(as_text=True))
    assert any("7QW****" in page for page in seen)
    assert not any(marker in page for page in seen)
    assert marker not in capsys.readouterr().out + caplog.text
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            assert marker not in repr(tuple(row)), table.name
