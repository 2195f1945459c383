"""The periods of an obligation on a line of time: what is drawn. Pure.

Across, everything is a percentage of the width: so the text keeps its size on a phone. Down, pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.clock import DAY

LANE = 32
TOP = 24
MARGIN = timedelta(days=20)


@dataclass(frozen=True, kw_only=True)
class Taking:
    """One period; `due_on` as it stands now."""

    start_on: date
    due_on: date | None
    completed_on: date | None
    window_opens_on: date | None
    expires_on: date | None


@dataclass(frozen=True, kw_only=True)
class Bar:
    kind: str  # asked, late, valid, window
    x: float
    y: int
    width: float


@dataclass(frozen=True, kw_only=True)
class Mark:
    text: str
    x: float


@dataclass(frozen=True, kw_only=True)
class Drawing:
    bars: list[Bar]
    years: list[Mark]
    today: float
    height: int
    kinds: Mapping[str, bool]  # those that occur: for the key


def draw(takings: Iterable[Taking], today: date, ended_on: date | None = None) -> Drawing:
    """A lane for each taking, the first on top. `ended_on`: since then nobody asks."""
    listed = list(takings)
    last_asked = min(today, ended_on) if ended_on else today
    named = [day for one in listed for day in (one.start_on, one.due_on, one.completed_on, one.expires_on) if day]
    first, last = min([*named, today]) - MARGIN, max([*named, today]) + MARGIN
    scale = 100 / (last - first).days

    def at(day: date) -> float:
        return round((day - first).days * scale, 2)

    bars = []
    for lane, one in enumerate(listed):
        for kind, start, end in _stretches(one, last_asked, last):
            if start < end:
                bars.append(
                    Bar(kind=kind, x=at(start), y=TOP + lane * LANE, width=max(round(at(end) - at(start), 2), 0.3))
                )
    every = (last.year - first.year) // 8 + 1  # on a phone, eight numbers have room
    years = [Mark(text=str(year), x=at(date(year, 1, 1))) for year in range(first.year + 1, last.year + 1, every)]
    return Drawing(
        bars=bars,
        years=years,
        today=at(today),
        height=TOP + LANE * len(listed) + 6,
        kinds=dict.fromkeys([bar.kind for bar in bars], True),
    )


def _stretches(one: Taking, last_asked: date, end: date) -> Iterable[tuple[str, date, date]]:
    """(kind, first day, day after the last)."""
    tomorrow = last_asked + DAY
    until = one.completed_on or max(tomorrow, one.due_on + DAY if one.due_on else tomorrow)
    late = one.due_on + DAY if one.due_on else until
    yield "asked", one.start_on, min(until, late)
    yield "late", max(late, one.start_on), one.completed_on or tomorrow
    if one.completed_on:
        expires = one.expires_on or end
        opens = one.window_opens_on or expires
        yield "valid", one.completed_on, min(opens, expires)
        yield "window", opens, expires
