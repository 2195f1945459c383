"""What an agency's system says about work is what people are asked to learn, and no longer asked."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from app import rounds
from app.audiences import keeping, reading
from app.clock import utc_now
from app.curricula import requirements
from app.curricula.models import Obligation
from app.curricula.rules import Status
from app.db import db
from tests.curricula.people import requirement, stands
from tests.factories import person
from tests.organisations.scim import USERS, system
from tests.organisations.test_scim_people import account, replace, today


def test_who_is_sent_is_asked_who_is_suspended_is_not_and_who_comes_back_is_again(
    site: Flask, client: FlaskClient
) -> None:
    agency = system(client)
    officer = person()
    everybody = keeping.create(agency.organisation, "Hamı", reading.parse({"version": 1}), by=officer, now=utc_now())
    asked = requirement(agency.organisation, today(), "tehlukesizlik")
    requirements.attach(asked, everybody, by=officer, now=utc_now())

    def standing() -> Status | None:
        rounds.follow({}, utc_now())
        row = stands(account(agency, "aysel"), today())
        return Status(row.status) if row is not None else None

    path = f"{USERS}/{agency.create('aysel')['id']}"
    assert standing() is Status.PENDING
    agency.patch(path, replace("active", False))
    assert standing() in (None, Status.ARCHIVED)
    agency.patch(path, replace("active", True))
    assert standing() is Status.PENDING
    agency.send("DELETE", path)
    assert standing() in (None, Status.ARCHIVED)
    assert db.session.query(Obligation).count() == 1  # one, with its history
