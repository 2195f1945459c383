"""A course folder becomes a `Course`."""

from __future__ import annotations

from pathlib import Path

from graders.course.model import Course, Exercise


def load_course(path: Path) -> Course:
    """Read the folder `path`. Raises CourseErrors with everything that is wrong."""
    raise NotImplementedError


def load_exercise(folder: Path) -> Exercise:
    """Read one exercise folder alone, without its course. Raises CourseErrors."""
    raise NotImplementedError
