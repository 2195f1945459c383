"""The sample course, as it lies in the repository and as a copy that a test may spoil; a real sandbox."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.course import Course, load_course
from sandbox.building import build
from sandbox.docker_sandbox import DockerSandbox

SAMPLE = Path(__file__).parent / "sample_course"


@pytest.fixture(scope="session")
def sample() -> Course:
    return load_course(SAMPLE)


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """A copy of the sample course."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "courses" / "sample"))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerSandbox]:
    data = Path(os.environ.get("BILIK_DATA") or tmp_path_factory.mktemp("wild"))
    with DockerSandbox(data, pool={}, proved=False, recipe=build(data)) as place:
        yield place
