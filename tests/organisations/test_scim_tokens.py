"""The page where administrators make tokens for the systems of an organisation."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role
from app.audit import AuditEvent
from app.db import db
from app.organisations import working
from app.organisations.scim.models import ScimToken
from tests.factories import NOW, person, signed_in
from tests.organisations.scim import USERS


def test_a_token_is_shown_once_and_works_until_it_is_revoked(site: Flask, client: FlaskClient) -> None:
    organisation = working.create("Maliyyə nazirliyi", by=None, now=NOW)
    signed_in(client, person(role=Role.ADMINISTRATOR))
    pages = f"/structure/{organisation.id}/connections/"
    made = client.post(pages, data={"name": " Personnel  records "})
    (secret,) = re.findall(r"bilik_scim_[\w-]{43}", made.text)
    assert "/scim/v2" in made.text
    assert made.headers["Cache-Control"] == "no-store"

    def use() -> int:
        return site.test_client().get(USERS, headers={"Authorization": f"Bearer {secret}"}).status_code

    assert use() == 200
    listed = client.get(pages).text
    assert "Personnel records" in listed
    assert secret not in listed
    token = db.session.scalars(select(ScimToken)).one()
    assert client.get(f"{pages}{token.id}/revoke").status_code == 200
    assert use() == 200  # asked, not done
    assert client.post(f"{pages}{token.id}/revoke").status_code == 303
    assert use() == 401
    acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act.startswith("scim_token"))).all()
    assert acts == ["scim_token_made", "scim_token_revoked"]


def test_a_token_without_a_name_is_not_made(site: Flask, client: FlaskClient) -> None:
    organisation = working.create("Maliyyə nazirliyi", by=None, now=NOW)
    signed_in(client, person(role=Role.ADMINISTRATOR))
    for name in ("", "   ", "x" * 201):
        assert client.post(f"/structure/{organisation.id}/connections/", data={"name": name}).status_code == 422
    assert db.session.query(ScimToken).count() == 0


def test_a_token_is_revoked_on_the_page_of_its_organisation_only(site: Flask, client: FlaskClient) -> None:
    first, second = (working.create(name, by=None, now=NOW) for name in ("Maliyyə nazirliyi", "Ədliyyə nazirliyi"))
    signed_in(client, person(role=Role.ADMINISTRATOR))
    client.post(f"/structure/{first.id}/connections/", data={"name": "HR"})
    token = db.session.scalars(select(ScimToken)).one()
    assert client.post(f"/structure/{second.id}/connections/{token.id}/revoke").status_code == 404
    assert token.revoked_at is None
