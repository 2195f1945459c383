"""Statuses, due days, what completes a period, and until when that is valid. Pure: every day is a day in Asia/Baku.

A day that ends something is kept two ways: `due_on`, `closes_on` and `until_on` are the last day that counts,
`expires_on` is the first day that no longer does. So what was due by 31 December ends with the moment at which
1 January begins, and that moment is the base of the next validity: due day + 1.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.clock import DAY

EXPIRING_DAYS = 30  # the last ones of an open window, for pages
REALISTIC_DAYS = 7  # what a realistic due day leaves beyond the minimum time


class Status(StrEnum):
    """How an obligation stands on a day; the first that holds, in this order."""

    ARCHIVED = "archived"  # nobody asks any more, or the requirement ended
    EXEMPT = "exempt"
    SUSPENDED = "suspended"  # on leave
    VALID = "valid"
    WINDOW_OPEN = "window_open"
    EXPIRED = "expired"
    FUTURE = "future"
    FAILED = "failed"  # after the closing day
    OVERDUE = "overdue"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"


@dataclass(frozen=True, kw_only=True)
class Validity:
    """Of a completion; both None: for good. `expires_on` is the first day on which it is not valid."""

    window_opens_on: date | None = None
    expires_on: date | None = None


def status(
    day: date,
    *,
    in_force: bool,
    exempt: bool,
    on_leave: bool,
    valid: Validity | None,
    start_on: date,
    due_on: date | None,
    closes_on: date | None,
    begun_on: date | None,
) -> Status:
    """How an obligation stands on `day`. The same as `standing.obligations_on` says in SQL.

    `valid`: of the newest period completed by `day`, None when there is none; the days after it are those of period 0.
    """
    if not in_force:
        return Status.ARCHIVED
    if exempt:
        return Status.EXEMPT
    if on_leave:
        return Status.SUSPENDED
    if valid is not None:
        if valid.expires_on is None or valid.window_opens_on is None or day < valid.window_opens_on:
            return Status.VALID
        return Status.WINDOW_OPEN if day < valid.expires_on else Status.EXPIRED
    if day < start_on:
        return Status.FUTURE
    if closes_on is not None and day > closes_on:
        return Status.FAILED
    if due_on is not None and day > due_on:
        return Status.OVERDUE
    return Status.IN_PROGRESS if begun_on is not None and begun_on <= day else Status.PENDING


def is_expiring(day: date, expires_on: date | None) -> bool:
    """What the page calls the last days of an open window; ask only where the window is open."""
    return expires_on is not None and expires_on - timedelta(days=EXPIRING_DAYS) <= day < expires_on


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier); the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# ---- by when


def due_day(rule: Mapping[str, Any], reference: date | None) -> date | None:
    """The last day in time: the fixed one, or so many days after `reference`, the day from which the rule counts.

    None where there is no due day, and while the day it counts from is not known.
    """
    if "on" in rule:
        return date.fromisoformat(rule["on"])
    if "after" in rule and reference is not None:
        return reference + timedelta(days=rule["after"])
    return None


def closing_day(due_on: date | None, closes_after_days: int | None) -> date | None:
    return None if due_on is None or closes_after_days is None else due_on + timedelta(days=closes_after_days)


def counts_from(rule: Mapping[str, Any]) -> str | None:
    """From what the due day counts: "assigned", "job", "sign_in", "course"; None for a fixed day and for none."""
    return str(rule["from"]) if "after" in rule else None


def is_too_soon(due_on: date | None, day: date, minimum_days: int) -> bool:
    """Asked on `day`, nobody could be done by `due_on`."""
    return due_on is not None and due_on < day + timedelta(days=minimum_days)


def realistic_day(day: date, minimum_days: int) -> date:
    """The minimum time and a week, from `day`."""
    return day + timedelta(days=minimum_days + REALISTIC_DAYS)


def changed_due(new_due: date | None, day: date, minimum_days: int) -> date | None:
    """The due day that a requirement changed on `day` gives to who was asked before: never less than minimum time."""
    return None if new_due is None else max(new_due, day + timedelta(days=minimum_days))


# ---- until when


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a version says of validity. `renewal`: "completion", "expiry" or "fixed"."""

    renewal: str
    validity_months: int | None
    window_days: int
    minimum_validity_days: int = 0


def base_day(terms: Terms, *, completed_on: date, due_on: date | None, expires_on: date | None) -> date:
    """From which day a validity counts: Totara's `get_certiftimebase` (credentials-reference, 5.1), on days.

    `due_on` is of a first completion, `expires_on` of the period that is renewed (None for a first one). A completion
    happens after its day began, so on the day something expires it is late, and equal days compare as "after".
    """
    assert terms.validity_months is not None
    if terms.renewal == "completion":
        return completed_on
    due_ends = None if due_on is None else due_on + DAY
    if terms.renewal == "expiry":
        if expires_on is None:
            return due_ends if due_ends is not None and completed_on < due_ends else completed_on
        if completed_on >= expires_on:
            return completed_on
        if completed_on < expires_on - timedelta(days=terms.window_days):
            return add_months(expires_on, -terms.validity_months)
        return expires_on
    start = expires_on or due_ends or completed_on
    least = timedelta(days=terms.minimum_validity_days)
    steps = 0  # counted from `start`, so that a step through February loses no day
    while add_months(start, steps * terms.validity_months) - least > completed_on:
        steps -= 1
    while add_months(start, (steps + 1) * terms.validity_months) <= completed_on + least:
        steps += 1
    return add_months(start, steps * terms.validity_months)


def validity(terms: Terms, *, completed_on: date, due_on: date | None, expires_on: date | None) -> Validity:
    """When what was completed on `completed_on` opens for renewal and expires; see `base_day` for the arguments.

    completed < window opens <= expires: a window longer than the validity opens on the day after the completion.
    """
    if terms.validity_months is None:
        return Validity()
    base = base_day(terms, completed_on=completed_on, due_on=due_on, expires_on=expires_on)
    expires = add_months(base, terms.validity_months)
    opens = max(expires - timedelta(days=terms.window_days), completed_on + DAY)
    return Validity(window_opens_on=min(opens, expires), expires_on=expires)


# ---- what completes


@dataclass(frozen=True, kw_only=True)
class Finish:
    """A finished taking of a course; `on` is the day of `at` in Asia/Baku."""

    course: str
    at: datetime
    on: date
    enrolment_id: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a version asks, and the days on which it did (`until_on` None: still does)."""

    version_id: int
    from_on: date
    until_on: date | None
    parts: Sequence[Mapping[str, Any]]
    equivalents: Mapping[str, Sequence[str]]
    test_out: str | None
    look_back_days: int
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class Completion:
    version_id: int
    on: date
    enrolments: tuple[int, ...]
    validity: Validity


def satisfied(asked: Asked, finishes: Iterable[Finish]) -> tuple[Finish, ...] | None:
    """The finishes by which all parts are done, the earliest that do; the last one is when. None: not done.

    `finishes` may be in any order. An equivalent of a course counts in its place.
    """
    ordered = sorted(finishes, key=lambda one: (one.at, one.enrolment_id))
    ways = [way for way in (_by_parts(asked, ordered), _by_test(asked, ordered)) if way]
    return min(ways, key=lambda way: way[-1].at, default=None)


def _by_test(asked: Asked, ordered: Sequence[Finish]) -> tuple[Finish, ...] | None:
    return next(((one,) for one in ordered if asked.test_out is not None and one.course == asked.test_out), None)


def _by_parts(asked: Asked, ordered: Sequence[Finish]) -> tuple[Finish, ...] | None:
    used: list[Finish] = []
    for part in asked.parts:
        found = _part(part, asked.equivalents, ordered)
        if found is None:
            return None
        used += found
    once = {one.enrolment_id: one for one in used}.values()
    return tuple(sorted(once, key=lambda one: (one.at, one.enrolment_id)))


def _part(
    part: Mapping[str, Any], equivalents: Mapping[str, Sequence[str]], ordered: Sequence[Finish]
) -> list[Finish] | None:
    found: list[Finish] = []
    for course in part["courses"]:
        counts = {course, *equivalents.get(course, ())}
        after = found[-1].at if part["need"] == "in_order" and found else None
        finish = next((one for one in ordered if one.course in counts and (after is None or one.at >= after)), None)
        if finish is not None:
            found.append(finish)
        elif part["need"] != "any":
            return None
    if part["need"] != "any":
        return found
    count = part.get("count") or 1
    return sorted(found, key=lambda one: one.at)[:count] if len(found) >= count else None


def complete(
    versions: Sequence[Asked],
    finishes: Sequence[Finish],
    *,
    number: int,
    start_on: date,
    due_on: Callable[[date], date | None],
    expires_on: date | None,
) -> Completion | None:
    """By what, when and until when the period `number` is completed; None while it is not.

    `versions` by their days; the version in force on a day decides what counts on it, so the first version that is
    satisfied while it is in force completes: on the day of the last course, or on the version's first day when the
    courses were finished before it asked less. `due_on(day)`: the due day as it stood then. `expires_on`: of the period
    that is renewed. Depends on nothing but its arguments: asked on any later day, it says the same.
    """
    for asked in versions:
        if asked.until_on is not None and asked.until_on < start_on:
            continue
        earliest = start_on if number else start_on - timedelta(days=asked.look_back_days)
        while True:
            now_counts = [
                one for one in finishes if earliest <= one.on and (asked.until_on is None or one.on <= asked.until_on)
            ]
            way = satisfied(asked, now_counts)
            if way is None:
                break
            on = way[-1].on if asked.from_on <= start_on else max(way[-1].on, asked.from_on)
            valid = validity(asked.terms, completed_on=on, due_on=due_on(on), expires_on=expires_on)
            if number or valid.expires_on is None or valid.expires_on > start_on:
                return Completion(
                    version_id=asked.version_id,
                    on=on,
                    enrolments=tuple(one.enrolment_id for one in way),
                    validity=valid,
                )
            earliest = way[0].on + DAY  # finished so long ago that it was not valid any more at the start
    return None
