"""The migrations make the tables of the models, on both engines, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from app import create_app
from app.config import Settings
from app.db import db
from tests import servers

pytestmark = pytest.mark.engines


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_site(request: pytest.FixtureRequest, tmp_path: Path, postgres: servers.Postgres) -> Flask:
    address = postgres.address(postgres.create()) if request.param == "postgresql" else None
    return create_app(Settings(env="test", data=tmp_path, database_url=address))


def test_up_from_empty_the_models_find_nothing_missing_and_down_leaves_nothing(empty_site: Flask) -> None:
    with empty_site.app_context():
        upgrade()
        check()  # raises where a model and its table differ
        assert set(db.metadata.tables) <= set(inspect(db.engine).get_table_names())
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        db.session.remove()
        db.engine.dispose()
