"""Everything that can be killed is, while learners hand in: the short forms of benchmarks/chaos.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import chaos
from tests.servers import Postgres, Rabbit

PATIENCE = 900.0  # seconds for each phase; none takes a minute on a machine of its own


@pytest.mark.engines
def test_beyond_one_machine_nothing_is_lost_and_nothing_counts_twice(
    tmp_path: Path, postgres: Postgres, database: str, broker: Rabbit
) -> None:
    beyond = chaos.Beyond(postgres=postgres, name=database, broker=broker)
    account = chaos.run(
        tmp_path / "house", canned=200, real=0, seed=1, every=1.5, beyond=beyond, calm=True, patience=PATIENCE
    )
    assert account.problems == (), str(account)
    assert set(account.struck) == {"site", "worker 1", "worker 2", "database", "broker"}


@pytest.mark.docker
def test_on_one_machine_nothing_is_lost_and_nothing_counts_twice(tmp_path: Path) -> None:
    account = chaos.run(tmp_path / "house", canned=50, real=10, seed=2, every=1.5, calm=True, patience=PATIENCE)
    assert account.problems == (), str(account)
    assert set(account.struck) == {"site", "worker 1", "database", "engine"}
