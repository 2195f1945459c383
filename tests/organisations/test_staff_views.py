"""The pages of administrators and training officers: organisations, who works where."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role
from app.db import db
from app.organisations import working
from app.organisations.models import Job
from tests.factories import NOW, person, signed_in

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def desk(site: Flask, client: FlaskClient) -> FlaskClient:
    return signed_in(client, person("Aytən", role=Role.ADMINISTRATOR))


def test_organisations_have_names_of_their_own(desk: FlaskClient) -> None:
    assert desk.post("/structure/", data={"name": "Şəki Muzeyi"}).status_code == 303
    assert desk.post("/structure/", data={"name": "SEKI muzeyi"}).status_code == 422


def test_somebody_joins_and_leaves_an_organisation(desk: FlaskClient) -> None:
    user, one = person(), working.create("Nümunə", by=None, now=NOW)
    form = {"organisation": str(one.id), "from_on": "2026-01-05"}
    for _again in range(2):
        assert desk.post(f"/structure/people/{user.id}", data=form).status_code == 303
    job = db.session.scalars(select(Job)).one()
    assert str(job.from_on) == "2026-01-05"
    assert user.name in desk.get(f"/structure/{one.id}").get_data(as_text=True)
    desk.post(f"/structure/people/{user.id}/jobs/{job.id}/end")
    assert job.until_on is not None
    assert user.name not in desk.get(f"/structure/{one.id}").get_data(as_text=True)


def test_organisations_are_counted_in_one_query(site: Flask, desk: FlaskClient, counting: Counting) -> None:
    def asked() -> int:
        with counting() as statements:
            assert desk.get("/structure/").status_code == 200
        return len(statements)

    def open_one(name: str) -> None:
        working.join(person(), working.create(name, by=None, now=NOW), from_on=NOW.date(), by=None, now=NOW)
        db.session.commit()

    open_one("Birinci")
    before = asked()
    for name in ("İkinci", "Üçüncü", "Dördüncü"):
        open_one(name)
    assert asked() == before


def test_a_training_officer_opens_the_own_organisation_alone(site: Flask, client: FlaskClient) -> None:
    own, other = (working.create(name, by=None, now=NOW) for name in ("Nümunə", "Başqa"))
    signed_in(client, person(role=Role.OFFICER, organisation_id=own.id))
    assert client.get("/structure/").headers["Location"] == f"/structure/{own.id}"
    assert client.get(f"/structure/{own.id}").status_code == 200
    assert client.get(f"/structure/{other.id}").status_code == 404
    assert client.post("/structure/", data={"name": "Üçüncü"}).status_code == 404
