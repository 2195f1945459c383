"""The calendar as it is kept here: the law's days off, what was announced, what staff entered, and working hours."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app.clock import BAKU, DAY, in_baku
from app.db import db
from app.errors import Refused
from app.notices.holidays import ANNOUNCED, MOVABLE, days_off
from app.notices.models import DayOff

CAUSES = (*MOVABLE, "other")
FURTHEST = 366  # days without one that is worked: the calendar is broken


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When what can wait is mailed: in Baku, from `opens` to before `closes`; `weekdays`: 0 is Monday."""

    opens: time = time(9)
    closes: time = time(18)
    weekdays: frozenset[int] = frozenset(range(5))


USUAL = Hours()
HoursOf = Callable[[Collection[int], date], Mapping[int, Sequence[Hours]]]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`off`: days off with why; `worked`: those that are worked although the law says otherwise, or a Saturday."""

    off: Mapping[date, str]
    worked: frozenset[date]
    announced: frozenset[tuple[int, str]]  # (year, which of MOVABLE)

    def is_worked(self, day: date, hours: Hours = USUAL) -> bool:
        return day in self.worked or (day not in self.off and day.weekday() in hours.weekdays)

    def next_worked(self, day: date, hours: Hours = USUAL) -> date:
        """The first working day after `day`."""
        for n in range(1, FURTHEST):
            if self.is_worked(day + n * DAY, hours):
                return day + n * DAY
        return day + DAY

    def missing(self, year: int) -> list[str]:
        """Which of the days that the Cabinet sets are not known for `year`."""
        return [one for one in MOVABLE if (year, one) not in self.announced]

    def opens(self, now: datetime, hours: Hours = USUAL) -> datetime:
        """`now` in working hours; else the moment at which the next ones begin."""
        local = in_baku(now)
        day = local.date()
        if self.is_worked(day, hours) and local.time() < hours.closes:
            return max(now, datetime.combine(day, hours.opens, BAKU).astimezone(now.tzinfo))
        return datetime.combine(self.next_worked(day, hours), hours.opens, BAKU).astimezone(now.tzinfo)

    def opens_for(self, now: datetime, several: Sequence[Hours]) -> datetime:
        """Who works at several places is reached as soon as one of them is open."""
        return min(self.opens(now, hours) for hours in several or (USUAL,))


def tells_hours(site: Flask, hours: HoursOf) -> None:
    """Let a domain above say at what hours these recipients work on a day, by id; who is missing has the usual ones."""
    site.extensions["bilik.hours"] = hours


def hours_of(recipients: Collection[int], day: date) -> Mapping[int, Sequence[Hours]]:
    found: HoursOf | None = current_app.extensions.get("bilik.hours")
    return found(recipients, day) if found is not None else {}


def calendar(day: date) -> Calendar:
    """Of the years around `day`. One query."""
    kept = {one.day: one for one in db.session.scalars(select(DayOff))}
    # what staff entered for a year takes the place of what stands here of the same feast
    entered = {(one.day.year, one.cause) for one in kept.values() if one.cause in MOVABLE}
    movable = {on: cause for on, cause in ANNOUNCED.items() if (on.year, cause) not in entered}
    movable |= {one.day: one.cause for one in kept.values() if one.cause in MOVABLE}
    off: dict[date, str] = {}
    for year in (day.year - 1, day.year, day.year + 1):
        off |= days_off(year, movable)
    off |= {one.day: "other" for one in kept.values() if one.cause == "other" and one.is_off}
    return Calendar(
        off=dict(sorted(off.items())),
        worked=frozenset(one.day for one in kept.values() if not one.is_off),
        announced=frozenset((on.year, cause) for on, cause in movable.items()),
    )


def kept_days(year: int) -> list[DayOff]:
    """What staff entered for the year."""
    within = DayOff.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(DayOff).where(within).order_by(DayOff.day)))


def enter(
    first: date, last: date, *, cause: str, is_off: bool, note: str, by: int | None, now: datetime
) -> Iterable[date]:
    """Keep these days; those kept before are replaced. Raises Refused (fields "first", "last", "cause")."""
    if cause not in CAUSES:
        raise Refused(_("Choose what the days are."), field="cause")
    if last < first:
        raise Refused(_("The last day lies before the first."), field="last")
    if last - first > timedelta(days=13):
        raise Refused(_("Enter no more than two weeks at once."), field="last")
    if not is_off and cause != "other":
        raise Refused(_("A holiday is a day off; a day that is worked is something else."), field="cause")
    days = [first + n * DAY for n in range((last - first).days + 1)]
    for day in days:
        row = db.session.get(DayOff, day)
        if row is None:
            row = DayOff(day=day)
            db.session.add(row)
        row.is_off, row.cause, row.note = is_off, cause, " ".join(note.split())[:200]
        row.set_by, row.set_at = by, now
    db.session.flush()
    return days


def take_out(day: date) -> bool:
    """What staff entered is forgotten; False where there was nothing."""
    row = db.session.get(DayOff, day)
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    return True
