"""The steps at which an obligation speaks up, and which of them a span of days has reached. Pure.

A step is the days from the due day ("-7" a week before, "1" the day after) or an event: "moved" the due day changed,
"window" it can be renewed, "expired", "closed" the last day has passed. Of several that were reached, after days
off or while nobody looked, only the newest is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.clock import DAY
from app.curricula.rules import Status

LEARNER, MANAGER, OFFICER = "learner", "manager", "officer"
AUDIENCES = (LEARNER, MANAGER, OFFICER)
MOVED, WINDOW, EXPIRED, CLOSED = "moved", "window", "expired", "closed"
EVENTS = (MOVED, WINDOW, EXPIRED, CLOSED)
ASKED = "asked"  # told when it happens, not by the round
COURSE = "course"  # one that is asked for has changed: the same, and for leaders only
LEADERS = (MANAGER, OFFICER)
FURTHEST = 180  # days from the due day
USUAL: Mapping[str, tuple[str, ...]] = {
    LEARNER: ("-30", "-14", "-7", "-1", "1", "7", "14", *EVENTS),
    MANAGER: ("-7", "1", "7", "14", EXPIRED, CLOSED),
    OFFICER: ("14", EXPIRED, CLOSED, COURSE),
}
COMPULSORY = frozenset(EVENTS)  # the person is always told, whatever the organisation chose

BEFORE = (Status.PENDING, Status.IN_PROGRESS, Status.WINDOW_OPEN)
LATE = (Status.OVERDUE, Status.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days after `since` up to `day` have come; steps before the due day are told up to `ahead`, so that what falls on
    days off is told on the last working day before them."""

    since: date
    day: date
    ahead_since: date
    ahead: date

    def has(self, when: date) -> bool:
        return self.since < when <= self.day

    def has_ahead(self, when: date) -> bool:
        return self.ahead_since < when <= self.ahead

    def due_days(self, steps: Iterable[str]) -> set[date]:
        """The due days of which one of these steps lies in the span."""
        found = set()
        for offset in map(int, (step for step in steps if is_day(step))):
            first, last = (self.ahead_since, self.ahead) if offset <= 0 else (self.since, self.day)
            found |= {first + timedelta(days=n - offset) for n in range(1, (last - first).days + 1)}
        return found


@dataclass(frozen=True, kw_only=True)
class Stood:
    """How an obligation stands on the day of the round. `due_since`: from when on the due day has held."""

    status: Status
    due_on: date | None
    due_since: date | None
    due_cause: str | None
    closes_on: date | None
    window_opens_on: date | None
    expires_on: date | None


@dataclass(frozen=True, kw_only=True)
class Reached:
    """`on_day`: the due day, or the day of the event."""

    step: str
    on_day: date


def newest(steps: Iterable[str], stood: Stood, span: Span) -> Reached | None:
    """The step to be told, if any: the latest; of one day an event before a number."""
    found = [
        (when, step in EVENTS, Reached(step=step, on_day=on_day))
        for step in steps
        if step != COURSE and (told := _when(step, stood, span)) is not None
        for when, on_day in [told]
    ]
    return max(found, key=lambda one: one[:2])[2] if found else None


def _when(step: str, stood: Stood, span: Span) -> tuple[date, date] | None:
    """The day of the step, where it lies in the span and the status has it; and the day it speaks of."""
    match step:
        case "moved":
            on, is_told = stood.due_since, stood.due_on is not None and stood.due_cause in ("changed", "leave")
            is_told = is_told and stood.status in (*BEFORE, Status.OVERDUE)
        case "window":
            on, is_told = stood.window_opens_on, stood.status == Status.WINDOW_OPEN
        case "expired":
            on, is_told = stood.expires_on, stood.status == Status.EXPIRED
        case "closed":
            on, is_told = stood.closes_on and stood.closes_on + DAY, stood.status == Status.FAILED
        case _:
            return _of_the_ladder(int(step), stood, span)
    if on is None or not is_told or not span.has(on):
        return None
    return on, stood.due_on if step == MOVED and stood.due_on else on


def _of_the_ladder(offset: int, stood: Stood, span: Span) -> tuple[date, date] | None:
    """Only after the day on which the due day itself was told: who hears today "by Friday" is not reminded today."""
    if stood.due_on is None or stood.due_since is None:
        return None
    when = stood.due_on + timedelta(days=offset)
    is_there = span.has_ahead(when) if offset <= 0 else span.has(when)
    wanted = (*BEFORE, *LATE) if offset <= 0 else LATE
    return (when, stood.due_on) if is_there and when > stood.due_since and stood.status in wanted else None


def sorted_steps(steps: Iterable[str]) -> list[str]:
    """As people read them: the first day first, then the events."""
    wanted = set(steps)
    numbers = sorted(int(step) for step in wanted if is_day(step))
    return [*map(str, numbers), *(event for event in (*EVENTS, COURSE) if event in wanted)]


def is_day(step: str) -> bool:
    return step not in EVENTS and step != COURSE
