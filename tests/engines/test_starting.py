"""Machines that start at the same moment on one database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.servers import Postgres

pytestmark = pytest.mark.engines
ROOT = Path(__file__).parents[2]


def test_two_machines_that_start_at_once_make_one_site(tmp_path: Path, postgres: Postgres) -> None:
    address = postgres.address(postgres.create())
    (tmp_path / "shared").mkdir()
    beyond = {"BILIK_ENV": "production", "BILIK_DATABASE_URL": address, "BILIK_BLOBS": str(tmp_path / "shared")}
    starting = [
        subprocess.Popen(
            [sys.executable, "-m", "app.setup.boot"],
            cwd=ROOT,
            env=os.environ | beyond | {"BILIK_DATA": str(tmp_path / name)},
        )
        for name in ("one", "two")
    ]
    assert [one.wait(120) for one in starting] == [0, 0]
    engine = create_engine(address)
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT count(*) FROM course_version")).scalar()
    engine.dispose()
    courses = len(list((ROOT / "courses").glob("*/course.toml")))
    assert stored == len(list((tmp_path / "shared" / "versions").iterdir())) == courses


def test_a_shared_folder_that_is_not_mounted_is_said_in_one_sentence(tmp_path: Path, postgres: Postgres) -> None:
    address = postgres.address(postgres.create())
    there = {"BILIK_DATA": str(tmp_path), "BILIK_DATABASE_URL": address, "BILIK_BLOBS": str(tmp_path / "away")}
    done = subprocess.run(
        [sys.executable, "-m", "app.setup.boot"],
        cwd=ROOT,
        env=os.environ | there,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith(f"BILIK_BLOBS says {tmp_path / 'away'}")
    assert not (tmp_path / "away").exists()
