"""Fixtures of the whole suite: a site on a fresh migrated database, a browser-free client, people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from app import create_app
from app.config import Settings
from app.db import db


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every migration applied, copied by each test."""
    folder = tmp_path_factory.mktemp("migrated")
    site = create_app(Settings(env="test", data=folder))
    with site.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder / "bilik.sqlite3"


@pytest.fixture
def site(tmp_path: Path, migrated_database: Path) -> Iterator[Flask]:
    """The application over a database of its own; an application context is open."""
    shutil.copy(migrated_database, tmp_path / "bilik.sqlite3")
    site = create_app(Settings(env="test", data=tmp_path))
    site.config["WTF_CSRF_ENABLED"] = False
    with site.app_context():
        yield site
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()
