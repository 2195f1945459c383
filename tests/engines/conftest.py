"""Beyond one machine: every test here has PostgreSQL, RabbitMQ and a shared folder, whatever `--engine` says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.grading.conftest import initials, quiz, seat  # noqa: F401 - the same people and course


@pytest.fixture(scope="session")
def broker() -> Iterator[servers.Rabbit]:
    with servers.rabbitmq() as server:
        yield server


@pytest.fixture
def database(
    tmp_path: Path, postgres: servers.Postgres, postgres_migrated: str, broker: servers.Rabbit
) -> Iterator[str]:
    """What `Settings()` finds, here and in processes started from here. Gives the name of the database."""
    (tmp_path / "shared").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BILIK_DATABASE_URL", postgres.address(postgres_migrated))
        patch.setenv("BILIK_BROKER_URL", broker.address)
        patch.setenv("BILIK_BLOBS", f"file://{tmp_path / 'shared'}")
        yield postgres_migrated
    postgres.empty(postgres_migrated)
