from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from app.db import db
from app.notices import delivering
from app.notices.models import Notice
from app.notices.telling import tell
from app.web import settings
from tests.factories import NOW


def notice(key: str = "k", address: str = "aysel@example.com") -> Notice:
    made = tell(None, address, "az", "confirm_email", {"name": "Aysel", "token": "gizli"}, key=key, now=NOW)
    db.session.commit()
    return made


class Inbox:
    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuse = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse:
            return self.refuse
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def inbox(site: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server of this test, to which the site sends."""
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:  # the controller asks itself under the port it was told
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setattr(settings(), "smtp_host", "127.0.0.1")
    monkeypatch.setattr(settings(), "smtp_port", port)
    yield handler
    server.stop()


def test_without_a_mail_server_mails_are_written_into_a_folder(site: Flask) -> None:
    made = notice()
    assert delivering.deliver_due(NOW) == 1
    files = list(delivering.mail_folder(settings()).glob("*.eml"))
    assert len(files) == 1
    message = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert message["To"] == "aysel@example.com"
    assert message["Subject"] == "E-poçt ünvanınızı təsdiq edin"
    assert "http://127.0.0.1:8000/confirm/gizli" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert made.sent_at == NOW


def test_the_secret_of_a_mail_is_forgotten_once_it_has_been_sent(site: Flask) -> None:
    made = notice()
    delivering.deliver_due(NOW)
    assert made.params == {"name": "Aysel"}


def test_a_mail_is_sent_once(inbox: Inbox) -> None:
    notice()
    assert [delivering.deliver_due(NOW), delivering.deliver_due(NOW)] == [1, 0]
    assert [to for to, _ in inbox.mails] == [["aysel@example.com"]]


def test_a_refused_mail_waits_longer_each_time_and_is_given_up(inbox: Inbox) -> None:
    made = notice()
    inbox.refuse = "451 try later"
    waits, now = [], NOW
    for _ in range(delivering.MOST_FAILURES + 2):
        delivering.deliver_due(now)
        waits.append(made.not_before - now)
        now = max(now, made.not_before)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=16)]
    assert max(waits) == delivering.LONGEST_WAIT
    assert (made.failures, made.sent_at) == (delivering.MOST_FAILURES, None)


def test_a_mail_that_fails_holds_up_no_other(inbox: Inbox) -> None:
    tell(None, "a@example.com", "az", "no_such_kind", {}, key="odd", now=NOW)
    notice(key="good")
    assert delivering.deliver_due(NOW) == 1
    assert len(inbox.mails) == 1


def test_a_server_that_is_away_is_tried_again(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "smtp_host", "127.0.0.1")
    monkeypatch.setattr(settings(), "smtp_port", 9)
    made = notice()
    assert delivering.deliver_due(NOW) == 0
    assert (made.failures, made.sent_at) == (1, None)
    monkeypatch.setattr(settings(), "smtp_host", None)
    assert delivering.deliver_due(NOW + timedelta(minutes=2)) == 1


def test_every_try_has_the_same_message_id(inbox: Inbox) -> None:
    from app.notices.writing import mail

    made = notice()
    assert mail(made)["Message-ID"] == mail(made)["Message-ID"]
