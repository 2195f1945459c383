"""How an organisation stood at the end of each month, and what will expire in the months to come."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import current_app
from sqlalchemy import func, select

from app.clock import DAY
from app.curricula.rules import add_months
from app.db import db
from app.insights.lights import DONE, Counts, counts
from app.insights.viewing import Narrowing, View, seen

MONTHS = 12
KEPT_FOR = 600  # seconds: a day gone by changes only by leave and exemptions noted late
MOST_KEPT = 2000
_lock = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Point:
    """How all that was asked stood on `day`."""

    day: date
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class Expiring:
    """What expires in the month that begins on `month`, by requirement id."""

    month: date
    numbers: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.numbers.values())


def trend(view: View, requirement_id: int | None = None) -> list[Point]:
    """The last days of the eleven months before, and today: each asked as it was on that day."""
    first = view.today.replace(day=1)
    ends = [add_months(first, -back) - DAY for back in range(MONTHS - 2, -1, -1)]
    return [Point(day=day, counts=_on(replace(view, day=day), requirement_id)) for day in (*ends, view.today)]


def _on(view: View, requirement_id: int | None) -> Counts:
    """One pass over the organisation; of days gone by it is kept for some minutes, for whoever oversees the whole."""
    key = (view.organisation.id, requirement_id, view.day)
    keeps = view.is_whole and view.day < view.today
    kept: dict[tuple[int, int | None, date], tuple[float, Counts]] = current_app.extensions.setdefault("trends", {})
    with _lock:
        known = kept.get(key)
    if keeps and known is not None and time.monotonic() - known[0] < KEPT_FOR:
        return known[1]
    rows = seen(view, Narrowing(requirement_id=requirement_id))
    found = counts(dict(db.session.execute(select(rows.c.light, func.count()).group_by(rows.c.light)).all()))
    if keeps:
        with _lock:
            if len(kept) > MOST_KEPT:
                kept.clear()
            kept[key] = (time.monotonic(), found)
    return found


def forecast(view: View) -> Sequence[Expiring]:
    """What is valid today and expires in this month or one of the eleven after it. One query."""
    first = view.today.replace(day=1)
    months = [add_months(first, ahead) for ahead in range(MONTHS)]
    rows = seen(view, Narrowing())
    grouped = (
        select(rows.c.requirement_id, rows.c.expires_on, func.count())
        .where(
            rows.c.status.in_(DONE),
            rows.c.expires_on > view.today,
            rows.c.expires_on < add_months(first, MONTHS),
        )
        .group_by(rows.c.requirement_id, rows.c.expires_on)
    )
    numbers: dict[date, dict[int, int]] = {month: {} for month in months}
    for requirement_id, day, number in db.session.execute(grouped):
        of_month = numbers[day.replace(day=1)]
        of_month[requirement_id] = of_month.get(requirement_id, 0) + number
    return [Expiring(month=month, numbers=numbers[month]) for month in months]
