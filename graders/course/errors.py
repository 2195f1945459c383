"""What an author is told about a course folder that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ContentError:
    """One thing to put right. `file` is relative to the course folder, `line` counts from 1 where it is known."""

    file: str
    line: int | None
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{place}: {self.key}: {self.problem}; {self.remedy}"
            if self.key
            else f"{place}: {self.problem}; {self.remedy}"
        )


class CourseErrors(Exception):
    """A course that does not load, with all that is wrong with it, not only the first."""

    def __init__(self, errors: Sequence[ContentError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))
