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


def test_assigned_courses_are_requirements_by_hand_afterwards_and_assignments_again_on_the_way_back(
    empty_site: Flask,
) -> None:
    kept = [  # user, course, organisation, due, asked, taken back (both at midnight in Baku)
        (1, 1, 1, "2026-06-01", "2026-01-04 20:00", "2026-02-09 20:00"),
        (1, 1, 1, "2026-06-01", "2026-03-04 20:00", None),
        (1, 2, 1, None, "2026-03-04 20:00", None),
    ]
    with empty_site.app_context():
        upgrade(revision="0004")
        run = db.session.execute
        run(text("INSERT INTO organisation (id, name, created_at) VALUES (1, 'A', '2026-01-01')"))
        run(
            text(
                'INSERT INTO "user" (id, name, name_folded, language, created_at)'
                " VALUES (1, 'Aysel', 'aysel', 'az', '2026-01-01')"
            )
        )
        for key, slug in ((1, "ethics"), (2, "data")):
            run(
                text(
                    "INSERT INTO course (id, slug, created_at, titles, summaries, track, level, hours, audience)"
                    " VALUES (:i, :s, '2026-01-01', '{}', '{}', '', '', 0, '[]')"
                ),
                {"i": key, "s": slug},
            )
        for row in kept:
            run(
                text(
                    "INSERT INTO assignment"
                    " (user_id, course_id, organisation_id, due_on, assigned_by, assigned_at, withdrawn_at)"
                    " VALUES (:u, :c, :o, :d, 1, :a, :w)"
                ),
                dict(zip("ucodaw", row, strict=True)),
            )
        db.session.commit()
        upgrade()
        sources = run(
            text(
                "SELECT requirement.code, CAST(source.from_on AS VARCHAR), CAST(source.until_on AS VARCHAR),"
                " CAST(due_date.due_on AS VARCHAR), CAST(period.start_on AS VARCHAR)"
                " FROM source JOIN obligation ON obligation.id = source.obligation_id"
                " JOIN requirement ON requirement.id = obligation.requirement_id"
                " JOIN period ON period.obligation_id = obligation.id JOIN due_date ON due_date.period_id = period.id"
                " ORDER BY source.id"
            )
        ).all()
        assert [tuple(row) for row in sources] == [
            ("course:ethics", "2026-01-05", "2026-02-09", "2026-06-01", "2026-01-05"),
            ("course:ethics", "2026-03-05", None, "2026-06-01", "2026-01-05"),
            ("course:data", "2026-03-05", None, None, "2026-03-05"),
        ]
        db.session.commit()
        downgrade(revision="0004")
        back = run(
            text(
                "SELECT user_id, course_id, organisation_id, CAST(due_on AS VARCHAR),"
                " substr(CAST(assigned_at AS VARCHAR), 1, 16), substr(CAST(withdrawn_at AS VARCHAR), 1, 16)"
                " FROM assignment ORDER BY id"
            )
        ).all()
        assert [tuple(row) for row in back] == kept
        db.session.remove()
        db.engine.dispose()
