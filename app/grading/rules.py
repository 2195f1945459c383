"""Decisions of grading: which attempt counts, who is next, when to look again. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(seconds=30)
MAX_FAILURES = 3
EQUAL = 1e-9  # points that differ by less are the same
LATER = 1e12  # than every clock: turns given while looking ahead
TYPICAL_SECONDS = 1.5  # of a submission, before any was graded here


@dataclass(frozen=True, kw_only=True)
class Result:
    """One graded attempt, as far as counting looks at it. `points` are after the cost of hints."""

    submission_id: int
    submitted_at: datetime
    points: float
    late: bool


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A queued row, as far as fairness looks at it. The two `…_served_at` are seconds since the epoch, 0 for never."""

    submission_id: int
    lane: str
    course_id: int
    user_id: int
    course_served_at: float
    user_served_at: float


def after_hints(points: float, hint_cost: float) -> float:
    return max(0.0, points - hint_cost)


def counting(results: Sequence[Result], counts: str) -> Result | None:
    """The attempt that counts: the last, or the best and of equals the earliest."""
    if not results:
        return None
    if counts == "last":
        return max(results, key=lambda result: (result.submitted_at, result.submission_id))
    return min(results, key=lambda result: (-result.points, result.submitted_at, result.submission_id))


def attempts_left(allowed: int, used: int) -> int | None:
    """None where attempts are unlimited (`allowed` is 0)."""
    return max(0, allowed - used) if allowed else None


def backoff(failures: int) -> timedelta:
    """How long a row that failed by our fault waits: 2 s, 8 s, 32 s."""
    return timedelta(seconds=2 * 4 ** max(0, failures - 1))


def order(waiting: Iterable[Waiting]) -> Iterator[int]:
    """Ids in the order slots will be given, if nobody else came.

    In a lane: the course served longest ago, in it the learner served longest ago, then the oldest row. Each turn
    makes its course and its learner the last served, as claiming does. Costs O(n log n) for n rows, lazily.
    """
    lanes: dict[str, dict[int, list[Waiting]]] = {}
    for row in waiting:
        lanes.setdefault(row.lane, {}).setdefault(row.course_id, []).append(row)
    for lane in sorted(lanes):
        courses = lanes[lane]
        turns = {course: _in_turns(rows) for course, rows in courses.items()}
        heap = [
            (rows[0].course_served_at, min(row.submission_id for row in rows), course)
            for course, rows in courses.items()
        ]
        heapq.heapify(heap)
        turn = LATER
        while heap:
            _served, first, course = heapq.heappop(heap)
            submission_id = next(turns[course], None)
            if submission_id is None:
                continue
            yield submission_id
            turn += 1
            heapq.heappush(heap, (turn, first, course))


def _in_turns(rows: Sequence[Waiting]) -> Iterator[int]:
    """One course's rows: the learner served longest ago first, each learner's own in order."""
    by_user: dict[int, list[int]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, []).append(row.submission_id)
    served = {row.user_id: row.user_served_at for row in rows}
    heap = [(served[user], min(ids), user) for user, ids in by_user.items()]
    heapq.heapify(heap)
    left = {user: sorted(ids, reverse=True) for user, ids in by_user.items()}
    turn = LATER
    while heap:
        _served, _first, user = heapq.heappop(heap)
        yield left[user].pop()
        turn += 1
        if left[user]:
            heapq.heappush(heap, (turn, left[user][-1], user))


def seconds_left(place: int, *, slots: int, seconds_each: float) -> int:
    """Until the result of the one at `place` (1 is next), whole seconds."""
    return max(1, math.ceil(math.ceil(place / max(1, slots)) * seconds_each))


def ask_again_after(state: str, eta: int | None) -> float:
    """Seconds until a page should ask again: soon while running, a quarter of what is left while queued, 3 at most."""
    if state == "running":
        return 0.3
    return min(3.0, max(0.3, (eta or 12) / 4))
