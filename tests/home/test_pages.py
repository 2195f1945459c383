from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.clock import utc_now
from app.db import db
from app.grading.models import WorkerState
from app.notices.delivering import deliver_due
from app.web import settings
from tests.factories import person, signed_in


@pytest.mark.parametrize("language", ["az", "ru", "en"])
@pytest.mark.parametrize("path", ["/", "/help", "/privacy"])
def test_pages_for_everybody_are_in_three_languages(client: FlaskClient, language: str, path: str) -> None:
    client.set_cookie("language", language)
    answer = client.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.get_data(as_text=True)


def test_a_visitor_sees_what_the_house_is_and_a_learner_what_comes_next(client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    assert "Learn IT by doing it" in client.get("/").get_data(as_text=True)
    page = signed_in(client, person("Leyla Məmmədova")).get("/").get_data(as_text=True)
    assert "Hello, Leyla!" in page
    assert "Learn IT" not in page


@pytest.mark.parametrize(
    ("role", "there", "not_there"),
    [
        (None, ["My learning", "Courses"], ["Teaching", "Administration", "My people"]),
        (Role.INSTRUCTOR, ["My learning", "Teaching"], ["Administration", "My people"]),
        (Role.ADMINISTRATOR, ["Teaching", "Administration"], ["My people"]),
    ],
)
def test_the_header_shows_what_the_role_opens(
    client: FlaskClient, role: Role | None, there: list[str], not_there: list[str]
) -> None:
    page = signed_in(client, person(role=role)).get("/help").get_data(as_text=True)
    header = page[page.index("<header") : page.index("</header>")]
    assert all(word in header for word in there)
    assert not any(word in header for word in not_there)


def test_several_entries_for_ones_work_stand_in_a_menu_and_a_single_one_does_not(client: FlaskClient) -> None:
    page = signed_in(client, person(role=Role.INSTRUCTOR)).get("/teach/").get_data(as_text=True)
    assert "work-menu" not in page
    page = signed_in(client, person(role=Role.ADMINISTRATOR)).get("/teach/").get_data(as_text=True)
    menu = page[page.index('<details class="work-menu">') :]
    menu = menu[: menu.index("</details>")]
    assert 'aria-current="true">Work' in menu  # where one is, seen also while it is closed
    assert [word in menu for word in ("Teaching", "Administration", "Courses")] == [True, True, False]


def test_grading_is_said_to_be_paused_while_no_worker_grades(client: FlaskClient) -> None:
    signed_in(client, person())
    assert "Grading is paused" in client.get("/help").get_data(as_text=True)
    worker = WorkerState(name="one", beat_at=utc_now(), grading=True, report={})
    db.session.add(worker)
    assert "Grading is paused" not in client.get("/help").get_data(as_text=True)
    worker.grading = False
    assert "Grading is paused" in client.get("/help").get_data(as_text=True)


def test_written_mails_are_shown_while_developing(client: FlaskClient) -> None:
    client.post("/sign-up", data={"name": "Aysel Həsənova", "email": "aysel@example.com", "consent": "y"})
    deliver_due(utc_now())
    page = client.get("/dev/mail").get_data(as_text=True)
    assert "aysel@example.com" in page
    assert "/confirm/" in page


def test_written_mails_are_shown_to_nobody_in_production(
    site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "env", "production")
    assert client.get("/dev/mail").status_code == 404


def test_written_mails_are_not_shown_where_a_mail_server_sends_them(
    site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "smtp_host", "mail.example")
    assert client.get("/dev/mail").status_code == 404
