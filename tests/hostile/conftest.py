"""Parts of other tests that these stand on, and one sandbox for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.building import Recipe
from sandbox.docker_sandbox import DockerSandbox
from sandbox.model import Size
from tests.grading.conftest import initials, seat
from tests.hostile.house import House
from tests.sandbox.conftest import engine, images

__all__ = ["engine", "house", "images", "initials", "seat"]

POOL = {("function", Size.SMALL): 2}


@pytest.fixture(scope="session")
def house(images: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The sandbox as production has it, used by one case after the other."""
    data = tmp_path_factory.mktemp("hostile")
    with DockerSandbox(data, pool=POOL, checkers=3, proved=False, recipe=images) as sandbox:
        yield House(sandbox)
