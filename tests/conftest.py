"""Fixtures of the whole suite: a site on a fresh migrated database, a browser-free client, people.

`pytest --engine postgresql …` runs the same tests on a PostgreSQL server of the suite's own.
"""

from __future__ import annotations

import contextvars
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from flask_migrate import upgrade
from hypothesis import HealthCheck
from hypothesis import settings as examples
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from werkzeug.routing.rules import Rule

from app import create_app
from app.accounts import passwords
from app.config import Settings
from app.db import begin_reading, db
from tests import servers


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["sqlite", "postgresql"], default="sqlite", help="the database of the tests")


# The same examples every time, and as much time as they need; BILIK_FUZZ asks for others (tests/fuzz/spoiling.py).
examples.register_profile(
    "bilik",
    derandomize=not os.environ.get("BILIK_FUZZ"),
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
examples.load_profile("bilik")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes of 1 MiB instead of 64: the suite makes hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        yield


@pytest.fixture(autouse=True)
def writing_again() -> Iterator[None]:
    """A test that only looked on, so as never to hold the lock somebody else needs, leaves nothing of that behind."""
    yield
    begin_reading(False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as server:
        yield server


def migrate(folder: Path, address: str | None = None) -> None:
    """Apply every migration to the database of the data folder `folder`, or to that at `address`."""
    site = create_app(Settings(env="test", data=folder, database_url=address))
    with site.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def quick_routes() -> Iterator[None]:
    """What builds an address is compiled once for the suite, not for each application: four fifths of making one.

    werkzeug's builders take their rule as an argument and hold nothing of it, so equal rules may share one.
    """
    compiled = Rule._compile_builder
    known: dict[tuple[object, ...], Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", remembered)
        yield


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for the suite: the first page of each application would cost ten times as much."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.code


TEMPLATES = CompiledTemplates()


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every migration applied, copied by each test."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(folder)
    return folder / "bilik.sqlite3"


@pytest.fixture(scope="session")
def postgres_migrated(tmp_path_factory: pytest.TempPathFactory, postgres: servers.Postgres) -> str:
    """The name of a PostgreSQL database with every migration applied; each test leaves it empty."""
    name = postgres.create()
    migrate(tmp_path_factory.mktemp("migrated"), postgres.address(name))
    return name


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """What `Settings(data=tmp_path)` finds, here and in processes started from here: migrated, and the test's own."""
    if request.config.getoption("--engine") == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_database"), tmp_path / "bilik.sqlite3")
        yield
        return
    server: servers.Postgres = request.getfixturevalue("postgres")
    name: str = request.getfixturevalue("postgres_migrated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BILIK_DATABASE_URL", server.address(name))
        yield
    server.empty(name)


@pytest.fixture
def site(tmp_path: Path, database: None) -> Iterator[Flask]:
    """The application over a database of its own; an application context is open."""
    site = create_app(Settings(env="test", data=tmp_path))
    site.config["WTF_CSRF_ENABLED"] = False
    site.jinja_env.bytecode_cache = TEMPLATES
    begin_reading(False)  # a request made outside a `Browser` says it for the whole thread
    with site.app_context(), force_locale("en"):  # what an operation says is matched in the language of the code
        site.test_client_class = Browser
        yield site
        db.session.remove()
        db.engine.dispose()


class Browser(FlaskClient):
    """A client whose requests have a database session of their own, as in production.

    What the test arranged is committed before each request, and read afresh after it.
    """

    def open(self, *args: Any, **named: Any) -> Any:
        db.session.commit()
        return contextvars.Context().run(super().open, *args, **named)


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def counting(site: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with counting() as statements:` collects every statement sent to the database."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect
