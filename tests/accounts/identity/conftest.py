"""A site that knows the fake provider, in both its shapes, and somebody going through it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import people
from app.accounts.identity import providers
from app.accounts.models import Role, User
from app.config import Provider
from app.db import db
from app.web import settings
from tests.factories import NOW, PASSWORD, person
from tests.provider import FakeProvider, Person, new_key, running

FIN = "5AB12CD"


@pytest.fixture(scope="session")
def one_provider() -> Iterator[FakeProvider]:
    with running() as found:
        yield found


@pytest.fixture
def fake(one_provider: FakeProvider) -> Iterator[FakeProvider]:
    one_provider.person, one_provider.fault, one_provider.signing = Person(), "", new_key("first")
    one_provider.hides = ()
    one_provider.asked.clear()
    one_provider.userinfo_asked.clear()
    one_provider.codes.clear()
    one_provider.gate.clear()
    providers.forget_all()
    yield one_provider
    one_provider.gate.set()


def connect(site: Flask, *found: dict[str, object]) -> None:
    """The site's settings name these providers."""
    known = tuple(Provider.model_validate(one) for one in found)
    site.extensions["bilik.settings"] = site.extensions["bilik.settings"].model_copy(update={"providers": known})


@pytest.fixture
def connected(site: Flask, fake: FakeProvider) -> Flask:
    connect(site, fake.about("oidc", fin_claim="fin"), fake.about("mygov"))
    return site


def go(client: FlaskClient, key: str = "mygov", **query: str) -> str:
    """Through the provider; the path the browser comes back to."""
    begun = client.get(f"/sign-in/with/{key}", query_string=query)
    assert begun.status_code == 302, begun.get_data(as_text=True)
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=30)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def through(client: FlaskClient, key: str = "mygov", **query: str) -> TestResponse:
    return client.get(go(client, key, **query))


def confirmed(fin: str = FIN, **named: object) -> User:
    """Somebody whose FIN staff have confirmed."""
    user = person(**named)  # type: ignore[arg-type]
    people.confirm_fin(user, fin, settings().data_folder, by=person(role=Role.ADMINISTRATOR), now=NOW)
    db.session.commit()
    return user


@pytest.fixture
def known(connected: Flask) -> User:
    return confirmed(email="aysel@example.com", password=PASSWORD)
