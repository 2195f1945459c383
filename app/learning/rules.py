"""What is done, what comes next, what finishes a course. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from graders.course.model import Course, Item


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one item stands for one enrolment."""

    points: float = 0.0
    done: bool = False
    excused: bool = False


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`done` of `required` items; `score` is the share of the points that count, 0..1 (1 where there are none).

    `attendance_owed`: the course asks for training in person, and it was not attended yet.
    """

    done: int
    required: int
    score: float
    finished: bool
    attendance_owed: bool
    next_item: str | None  # the first item not done in the course's order, optional ones left out


def required_items(course: Course) -> list[Item]:
    """The items finishing asks for, in the course's order."""
    wanted = set(course.finish.items)
    return [item for _, item in course.items() if item.key in wanted]


def measure(course: Course, standings: Mapping[str, Standing], *, attended: bool = False) -> Progress:
    """Where somebody stands. An excused item counts for nobody: neither as required nor by its points.

    Where attendance is asked for, neither the items nor the one that may stand for them finish without it.
    """
    nothing = Standing()
    required = [item for item in required_items(course) if not standings.get(item.key, nothing).excused]
    done = [item for item in required if standings.get(item.key, nothing).done]
    most = sum(item.max_points for item in required)
    earned = sum(standings.get(item.key, nothing).points for item in required)
    score = earned / most if most else 1.0
    tested_out = course.finish.test_out is not None and standings.get(course.finish.test_out, nothing).done
    owed = course.attendance is not None and not attended
    return Progress(
        done=len(done),
        required=len(required),
        score=min(1.0, score),
        finished=not owed and (tested_out or (len(done) == len(required) and score >= course.finish.score - 1e-9)),
        attendance_owed=owed,
        next_item=next((item.key for item in required if not standings.get(item.key, nothing).done), None),
    )


def is_passed(item: Item, points: float) -> bool:
    """A quiz or exercise is done when the counting submission has the item's share of its points."""
    return points >= item.pass_share * item.max_points - 1e-9


def is_late(submitted_at: datetime, due_at: datetime | None) -> bool:
    return due_at is not None and submitted_at > due_at
