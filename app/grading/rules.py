"""Decisions of grading: which attempt counts, who is next, when to look again. Pure."""

from __future__ import annotations

import heapq
import statistics
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(seconds=30)
MAX_FAILURES = 3
EQUAL = 1e-9  # points that differ by less are the same
LATER = 1e12  # than every clock: turns given while looking ahead
MOMENT = 2.0  # seconds in which what is handed in to an empty queue is graded
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


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A submission that waits or runs, and the seconds of a slot it is expected to take (still to take)."""

    submission_id: int
    user_id: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Run:
    """A submission that was graded, as far as the speed of the queue looks at it."""

    submitted_at: datetime
    started_at: datetime
    ended_at: datetime


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


def ends(turns: Sequence[Turn], *, running: Sequence[Turn], slots: int) -> dict[int, float]:
    """Seconds until the result of each of `turns` (in the order of `order`), by its id, if nobody else came.

    `running` have so many seconds left. Of a learner one runs at a time: who waits for an own one is passed over.
    Costs O(n log n) for n turns.
    """
    waiting: dict[int, deque[tuple[int, Turn]]] = {}
    for place, turn in enumerate(turns):
        waiting.setdefault(turn.user_id, deque()).append((place, turn))
    ending = [(turn.seconds, turn.user_id) for turn in running]
    busy = {turn.user_id for turn in running}
    ready = [(own[0][0], user) for user, own in waiting.items() if user not in busy]
    heapq.heapify(ending)
    heapq.heapify(ready)
    free, now = max(1, slots) - len(ending), 0.0
    found: dict[int, float] = {}
    while ready or ending:
        while ready and free > 0:
            _place, user = heapq.heappop(ready)
            turn = waiting[user].popleft()[1]
            found[turn.submission_id] = now + turn.seconds
            heapq.heappush(ending, (now + turn.seconds, user))
            free -= 1
        now, user = heapq.heappop(ending)
        free += 1
        if waiting.get(user):
            heapq.heappush(ready, (waiting[user][0][0], user))
    return found


def turnaround(runs: Sequence[Run]) -> float:
    """Seconds between a result and the start of the next on that slot, the median of those that waited for it.

    `runs` in any order; what ended without a gap in between. A start takes the slot that was freed last: one that has
    been free for longer was not waited for, but stood idle, as where a single learner's wait for one another.
    """
    ends = [(run.ended_at, 0, run) for run in runs]
    starts = [(run.started_at, 1, run) for run in runs]
    free: list[datetime] = []
    gaps = []
    for moment, is_start, run in sorted(ends + starts, key=lambda event: event[:2]):
        if not is_start:
            free.append(moment)
        elif free and run.submitted_at < (freed := free.pop()):
            gaps.append((moment - freed).total_seconds())
    return statistics.median(gaps) if gaps else 0.0


def promise_error(promised: float, took: float) -> float:
    """How far a promise was from what came, as a share of what came; under a second counts as a second."""
    return abs(promised - took) / max(took, 1.0)


def ask_again_after(waited: float, eta: float | None = None) -> float:
    """Seconds until a page should ask again of what was handed in `waited` seconds ago.

    Most is graded in a fifth of a second: asked soon at first, then less often. `eta`: seconds until the verdict of
    what is queued still; None while it runs, when every check is news.
    """
    soon = max(0.12, waited / 4)
    if eta is None:
        return min(0.3, soon)
    return min(3.0, max(soon, eta / 4) if eta > MOMENT else soon)
