from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import utc_now
from app.db import db
from app.notices import reading, writing
from app.notices.models import Notice
from app.notices.telling import tell
from tests.factories import NOW, person, signed_in

APP = Path(__file__).parents[2] / "app"
PASSWORD_CHANGED = {"at": "2026-11-22T10:02:00+00:00"}


def test_the_same_fact_is_told_once(site: Flask) -> None:
    first = tell(1, "a@example.com", "az", "password_changed", PASSWORD_CHANGED, key="k", now=NOW)
    again = tell(1, "a@example.com", "az", "password_changed", PASSWORD_CHANGED, key="k", now=NOW)
    assert first is again


def test_without_an_address_there_is_nothing_to_send(site: Flask) -> None:
    assert tell(1, None, "az", "password_changed", PASSWORD_CHANGED, key="k", now=NOW).sent_at == NOW


def test_every_kind_that_is_told_has_a_template(site: Flask) -> None:
    """Kinds are written where something is told: the fourth argument of tell(), the second of registering._mail()."""
    told = set()
    for module in APP.rglob("*.py"):
        text = module.read_text()
        told |= set(re.findall(r'\btell\((?:[^()"]|\([^()]*\)|"[^"]*")*?,\s*"([a-z_]+)",\s*\{', text))
        told |= set(re.findall(r'\b_mail\(\w+, "([a-z_]+)"', text))
    assert {"password_changed", "confirm_email"} <= told
    assert {kind for kind in told if not (APP / "templates" / "notices" / f"{kind}.txt").exists()} == set()


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_a_notice_is_written_in_the_language_of_its_reader(site: Flask, language: str) -> None:
    written = writing.letter("password_changed", PASSWORD_CHANGED, language)
    said = {"az": "Parolunuz dəyişdirilib", "ru": "Пароль изменён", "en": "Your password was changed"}
    assert written.subject == said[language]
    assert written.paragraphs[-1].address == "http://127.0.0.1:8000/forgotten"


def test_markup_in_a_name_stays_text(site: Flask) -> None:
    params = {"name": "<b>Aysel</b> & Co", "token": "secret"}
    notice = tell(None, "a@example.com", "en", "confirm_email", params, key="k", now=NOW)
    html = writing.mail(notice).get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;Aysel&lt;/b&gt; &amp; Co" in html.get_content()


def test_the_inbox_shows_ones_own_and_counts_what_is_unread(site: Flask, client: FlaskClient) -> None:
    user, other = person(), person()
    tell(user.id, None, "az", "password_changed", PASSWORD_CHANGED, key="mine", now=utc_now())
    tell(other.id, None, "az", "email_changed", PASSWORD_CHANGED | {"new_address": "x@y.zz"}, key="theirs", now=NOW)
    page = signed_in(client, user).get("/notices").get_data(as_text=True)
    assert "Your password was changed" in page
    assert "x@y.zz" not in page
    assert reading.unread_count(user.id) == 1
    client.post("/notices/read")
    assert (reading.unread_count(user.id), reading.unread_count(other.id)) == (0, 1)


def test_one_notice_that_cannot_be_written_hides_no_other(site: Flask, client: FlaskClient) -> None:
    user = person()
    db.session.add(
        Notice(
            idempotency_key="odd",
            recipient_id=user.id,
            language="az",
            kind="no_such_kind",
            params={},
            created_at=NOW,
            not_before=NOW,
        )
    )
    tell(user.id, None, "az", "password_changed", PASSWORD_CHANGED, key="k", now=NOW)
    assert "Your password was changed" in signed_in(client, user).get("/notices").get_data(as_text=True)


def test_a_mail_greets_and_the_page_comes_to_the_point(site: Flask, client: FlaskClient) -> None:
    user = person(name="Aysel Həsənova")
    params = {"name": user.name, "what": "codes_renewed", "by_staff": False, "at": "2026-11-22T10:02:00+00:00"}
    notice = tell(user.id, user.address, "en", "safety", params, key="k", now=NOW)
    assert "Hello, Aysel Həsənova!" in writing.mail(notice).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = signed_in(client, user).get("/notices").get_data(as_text=True)
    assert "New recovery codes were made" in page
    assert "Hello, Aysel" not in page
