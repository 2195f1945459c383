"""The sample course, as it lies in the repository and as a copy that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graders.course import Course, load_course

SAMPLE = Path(__file__).parent / "sample_course"


@pytest.fixture(scope="session")
def sample() -> Course:
    return load_course(SAMPLE)


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """A copy of the sample course."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "courses" / "sample"))
