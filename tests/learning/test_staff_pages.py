"""Pages of instructors: what is put in from a list, what is exported."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import Role, User
from app.db import db
from app.learning import cohorts, enrolling, exporting
from app.learning.cohorts import Plan
from app.learning.gradebook import gradebook
from app.learning.models import Cohort
from tests.factories import NOW, finish, person, published, signed_in


@pytest.fixture
def cohort(site: Flask) -> Cohort:
    plan = Plan(name="Payız", language="az", starts_on=date(2026, 11, 1), ends_on=None, seats=None)
    opened = cohorts.open_cohort(published(), plan, by=person("Müəllim", role=Role.INSTRUCTOR), now=NOW)
    db.session.commit()
    return opened


@pytest.fixture
def desk(client: FlaskClient, cohort: Cohort) -> FlaskClient:
    return signed_in(client, db.session.get_one(User, cohort.created_by))


def test_names_of_a_list_are_names(cohort: Cohort) -> None:
    """They stand in the mail of an invitation, which must not carry anybody's advertisement."""
    rows = cohorts.read_list("See https://example.org now; a@example.com\nLeyla Məmmədova; LEYLA@example.com")
    assert [bool(row.problem) for row in rows] == [True, False]
    assert rows[1].email == "leyla@example.com"


def test_a_list_is_put_in_as_a_whole_or_says_who_stands_in_the_way(cohort: Cohort, desk: FlaskClient) -> None:
    done = person("Bitirmiş", "done@example.com")
    finish(enrolling.enrol(done, cohort.course, now=NOW))
    people = db.session.scalar(select(func.count()).select_from(User))
    text = "Yeni Adam; new@example.com\nBitirmiş; done@example.com"
    answer = desk.post(f"/teach/cohorts/{cohort.id}/list", data={"list": text, "act": "put"})
    assert "done@example.com: This course is already finished." in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(User)) == people
    assert cohorts.seats_taken(cohort) == 0


def test_an_export_names_the_day_in_baku(cohort: Cohort) -> None:
    finish(cohorts.join(person(), cohort, now=NOW), now=NOW.replace(hour=21))
    assert exporting.gradebook_rows(gradebook(cohort, page=None), "en")[1][-1] == "2026-11-23"


def test_a_file_that_is_no_list_is_refused(cohort: Cohort, desk: FlaskClient) -> None:
    sent = {"file": (io.BytesIO(b"x" * 150_000), "photo.csv")}
    answer = desk.post(f"/teach/cohorts/{cohort.id}/list", data=sent)
    assert "cannot be read as a list" in answer.get_data(as_text=True)
