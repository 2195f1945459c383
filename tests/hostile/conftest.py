"""One house for all cases, and two hands that bring them to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.building import Recipe
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import Size
from tests.grading.conftest import initials, seat
from tests.hostile.cases import cases, named
from tests.hostile.house import House
from tests.hostile.visiting import visit
from tests.sandbox.conftest import engine, images

__all__ = ["engine", "house", "images", "initials", "seat", "visits"]

POOL = {("function", Size.SMALL): 2, ("program", Size.SMALL): 1, ("notebook", Size.MEDIUM): 1}
HANDS = 2  # as many as the worker has slots
TOOK: dict[str, float] = {}


@pytest.fixture(scope="session")
def house(
    images: Recipe, engine: Engine, migrated_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Site, worker and sandbox as production has them, with a secret in the worker's environment."""
    data = tmp_path_factory.mktemp("hostile")
    with (
        pytest.MonkeyPatch.context() as patch,
        DockerSandbox(data, pool=POOL, checkers=3, proved=False, recipe=images) as sandbox,
    ):
        patch.setenv("BILIK_TEST_SECRET", "environment-QZ7K")
        with House(data, migrated_database, sandbox, engine) as house:
            yield house


@pytest.fixture(scope="session")
def visits(house: House, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[None]]]:
    """What came of every case that was chosen, by name. Two are brought at a time, as two slots grade them."""
    chosen = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and "visits" in item.fixturenames
        and hasattr(item, "callspec")
        and item.callspec.params["name"] in named("graded")
    ]

    def timed(name: str) -> None:
        began = time.monotonic()
        try:
            visit(house, cases()[name])
        finally:
            TOOK[name] = time.monotonic() - began

    with ThreadPoolExecutor(HANDS, thread_name_prefix="hand") as hands:
        futures = {name: hands.submit(timed, name) for name in dict.fromkeys(chosen)}
        try:
            yield futures
        finally:
            hands.shutdown(cancel_futures=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long the slowest cases took, each for itself."""
    if TOOK:
        slowest = sorted(TOOK, key=TOOK.__getitem__, reverse=True)[:12]
        terminalreporter.write_line(
            f"hostile: {len(TOOK)} cases; slowest " + ", ".join(f"{name} {TOOK[name]:.1f} s" for name in slowest)
        )
