"""Real containers for the tests of the host's side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.building import Recipe, build
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import Box, Reply, Size
from tests.sandbox.stub import COMMAND

SMALL_POOL = {("function", Size.SMALL): 2}


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Recipe:
    """The images of this source tree; built if they are missing."""
    return build(Path(os.environ.get("BILIK_DATA") or tmp_path_factory.mktemp("build")), engine=engine)


@pytest.fixture(scope="module")
def stubs(images: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerSandbox]:
    """A sandbox whose containers are hardened as always and run the stub as PID 1."""
    data = tmp_path_factory.mktemp("stubs")
    commands = {"python": COMMAND, "checker": COMMAND}
    with DockerSandbox(data, pool=SMALL_POOL, checkers=2, commands=commands, proved=False, recipe=images) as sandbox:
        yield sandbox


@pytest.fixture
def box(stubs: DockerSandbox) -> Iterator[Box]:
    """A runner leased for 20 CPU seconds."""
    with stubs.runner(size=Size.SMALL, mode="function", seconds=20) as box:
        yield box


def run(box: Box, code: str, *, cpu: float = 5.0, wall: float | None = 20.0, seq: int = 1) -> Reply:
    """Ask the stub to run `code` in a fork."""
    header = {"do": "ask", "run": "r", "seq": seq, "nonce": "n"}
    return box.ask(header, code.encode(), cpu_seconds=cpu, wall_seconds=wall)
