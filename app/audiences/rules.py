"""What a rule says, how it is written down, and whether somebody fits it. Pure.

A rule as JSON (every key is there in the normal form, lists are sorted, conditions stand in the order of `ORDER`):

    {"version": 1, "match": "all" | "any",
     "groups": [{"match": "all" | "any", "conditions": [CONDITION, …]}, …],
     "always": [user id, …], "never": [user id, …]}

    {"kind": "unit", "units": [unit id, …], "below": bool, "not": bool}
    {"kind": "position", "codes": [code, …], "beginning": bool, "not": bool}      beginning: the code begins so
    {"kind": "started", "how": "before" | "since", "on": "2026-01-31", "not": bool}
    {"kind": "started", "how": "at_least" | "at_most", "days": 30, "not": bool}
    {"kind": "language", "languages": ["az", …], "not": bool}
    {"kind": "completed", "need": "all" | "any", "courses": [slug, …], "months": 12 | null, "not": bool}
    {"kind": "holds", "need": "all" | "any", "courses": [slug, …], "not": bool}

Only people with a job in the organisation on the day are ever in; `always` and `never` come before the groups, and
no group at all means everybody. Unit, position and start are about a job: those of an "all" group that are not negated
are about one and the same job ("engineers in the IT department" is nobody who is a clerk there and an engineer
elsewhere). A negated one says that no job is so.
"""

from __future__ import annotations

import calendar
import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.clock import DAY

VERSION = 1


class Match(StrEnum):
    ALL = "all"
    ANY = "any"


class How(StrEnum):
    BEFORE = "before"  # the day
    SINCE = "since"  # on the day or later
    AT_LEAST = "at_least"  # so many days ago
    AT_MOST = "at_most"


@dataclass(frozen=True, kw_only=True)
class InUnits:
    units: tuple[int, ...]
    below: bool
    negated: bool = False


@dataclass(frozen=True, kw_only=True)
class InPositions:
    codes: tuple[str, ...]
    beginning: bool
    negated: bool = False


@dataclass(frozen=True, kw_only=True)
class Started:
    """The job did; `on` goes with before and since, `days` with the others."""

    how: How
    on: date | None = None
    days: int | None = None
    negated: bool = False

    def bounds(self, day: date) -> tuple[date | None, date | None]:
        """First and last day on which the job may have started, as seen on `day`."""
        if self.how is How.BEFORE:
            assert self.on is not None
            return None, self.on - DAY
        if self.how is How.SINCE:
            return self.on, None
        assert self.days is not None
        turn = day - timedelta(days=self.days)
        return (None, turn) if self.how is How.AT_LEAST else (turn, None)


@dataclass(frozen=True, kw_only=True)
class Speaks:
    """The language somebody uses the site in."""

    languages: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, kw_only=True)
class Completed:
    need: Match
    courses: tuple[str, ...]
    months: int | None = None
    negated: bool = False

    def since(self, day: date) -> date | None:
        """The first day on which a course may have been finished; None: any."""
        return None if self.months is None else months_before(day, self.months)


@dataclass(frozen=True, kw_only=True)
class Holds:
    """A certificate that is in force."""

    need: Match
    courses: tuple[str, ...]
    negated: bool = False


Condition = InUnits | InPositions | Started | Speaks | Completed | Holds
OF_JOB = (InUnits, InPositions, Started)
ORDER = (InUnits, InPositions, Started, Speaks, Completed, Holds)  # of the conditions of a group


@dataclass(frozen=True, kw_only=True)
class Group:
    match: Match
    conditions: tuple[Condition, ...]

    @property
    def of_one_job(self) -> tuple[Condition, ...]:
        """Those which one and the same job must meet; empty where each stands for itself."""
        if self.match is Match.ANY:
            return ()
        return tuple(one for one in self.conditions if isinstance(one, OF_JOB) and not one.negated)


@dataclass(frozen=True, kw_only=True)
class Rule:
    match: Match = Match.ALL
    groups: tuple[Group, ...] = ()
    always: tuple[int, ...] = ()
    never: tuple[int, ...] = ()


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or that month's last; never before the year 1."""
    place = max(12, day.year * 12 + day.month - 1 - months)
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def canonical(rule: Rule) -> dict[str, Any]:
    """The JSON of a rule; `reading.parse(canonical(rule)) == rule`."""
    return {
        "version": VERSION,
        "match": rule.match.value,
        "groups": [written_group(one) for one in rule.groups],
        "always": list(rule.always),
        "never": list(rule.never),
    }


def digest(rule: Rule) -> str:
    """The same for rules that say the same; sha256 of the canonical JSON, in hex."""
    return hashlib.sha256(text_of(canonical(rule)).encode()).hexdigest()


def written_group(group: Group) -> dict[str, Any]:
    return {"match": group.match.value, "conditions": [written(one) for one in group.conditions]}


def written(condition: Condition) -> dict[str, Any]:
    """The JSON of one condition."""
    match condition:
        case InUnits():
            said: dict[str, Any] = {"kind": "unit", "units": list(condition.units), "below": condition.below}
        case InPositions():
            said = {"kind": "position", "codes": list(condition.codes), "beginning": condition.beginning}
        case Started(on=None):
            said = {"kind": "started", "how": condition.how.value, "days": condition.days}
        case Started(on=date() as on):
            said = {"kind": "started", "how": condition.how.value, "on": on.isoformat()}
        case Speaks():
            said = {"kind": "language", "languages": list(condition.languages)}
        case Completed():
            said = {
                "kind": "completed",
                "need": condition.need.value,
                "courses": list(condition.courses),
                "months": condition.months,
            }
        case Holds():
            said = {"kind": "holds", "need": condition.need.value, "courses": list(condition.courses)}
    return said | {"not": condition.negated}


def text_of(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
