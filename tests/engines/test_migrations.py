"""The migrations make the tables of the models, on both engines, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text

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


def test_members_of_an_organisation_work_in_it_afterwards_and_are_members_again_on_the_way_back(
    empty_site: Flask,
) -> None:
    kept = [(1, 1, "2026-01-05", None), (1, 2, "2026-01-06", "2026-05-01")]
    with empty_site.app_context():
        upgrade(revision="0004")
        run = db.session.execute
        run(
            text(
                "INSERT INTO organisation (id, name, created_at) VALUES (1, 'A', '2026-01-01'), (2, 'B', '2026-01-01')"
            )
        )
        run(
            text(
                'INSERT INTO "user" (id, name, name_folded, language, created_at)'
                " VALUES (1, 'Aysel', 'aysel', 'az', '2026-01-01')"
            )
        )
        for user, organisation, first, last in kept:
            run(
                text("INSERT INTO membership (user_id, organisation_id, from_on, until_on) VALUES (:u, :o, :f, :l)"),
                {"u": user, "o": organisation, "f": first, "l": last},
            )
        db.session.commit()
        upgrade()
        jobs = run(
            text(
                "SELECT job.user_id, job.organisation_id, CAST(job.from_on AS VARCHAR), CAST(job.until_on AS VARCHAR)"
                " FROM job JOIN unit ON unit.id = job.unit_id AND unit.organisation_id = job.organisation_id"
                " AND unit.code = '-' ORDER BY job.id"
            )
        ).all()
        assert [tuple(row) for row in jobs] == kept
        db.session.commit()
        downgrade(revision="0004")
        members = run(
            text(
                "SELECT user_id, organisation_id, CAST(from_on AS VARCHAR), CAST(until_on AS VARCHAR)"
                " FROM membership ORDER BY id"
            )
        ).all()
        assert [tuple(row) for row in members] == kept
        db.session.remove()
        db.engine.dispose()
