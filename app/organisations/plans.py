"""What a file would change, as data: acts to be carried out, and the same in lines that people read."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.organisations.checking import Problem

MOST_ENDS = 0.1  # of those who work there: more are ended only by somebody who says how many


class Change(StrEnum):
    """Kinds of lines; how each is said is in wording.py."""

    UNIT_OPENED = "unit_opened"
    UNIT_RENAMED = "unit_renamed"
    UNIT_MOVED = "unit_moved"
    UNIT_CLOSED = "unit_closed"
    UNIT_RECODED = "unit_recoded"
    POSITION_ADDED = "position_added"
    POSITION_KEPT = "position_kept"  # the file calls it otherwise
    PERSON_NEW = "person_new"
    PERSON_FOUND = "person_found"  # has an account, did not work here
    FIN_CONFIRMED = "fin_confirmed"
    FIN_KEPT_OUT = "fin_kept_out"  # an account in use: the FIN has to be confirmed by hand
    EMAIL_ADDED = "email_added"
    EMAIL_KEPT = "email_kept"  # the person has chosen another
    NAME_KEPT = "name_kept"  # the account is called otherwise
    JOB_BEGUN = "job_begun"
    JOB_MOVED = "job_moved"
    JOB_CHANGED = "job_changed"
    JOB_ENDED = "job_ended"
    JOB_MISSING = "job_missing"  # not in a full list: ended
    JOB_REOPENED = "job_reopened"
    GONE_BEFORE = "gone_before"  # the row tells of somebody who has left already and was never known
    JOB_OWNED = "job_owned"  # a connected system says where they work
    PEOPLE_OWNED = "people_owned"  # not in a full list, and stay for the same reason
    UNIT_OWNED = "unit_owned"  # a connected system says what it is called and where it stands
    UNITS_OWNED = "units_owned"  # not in a full list, and stay


NOTES = {
    *(Change.POSITION_KEPT, Change.FIN_KEPT_OUT, Change.EMAIL_KEPT, Change.NAME_KEPT, Change.GONE_BEFORE),
    *(Change.JOB_OWNED, Change.PEOPLE_OWNED, Change.UNIT_OWNED, Change.UNITS_OWNED),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the difference. `row`: of the file, where there is one."""

    kind: Change
    row: int | None = None
    who: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class NewUnit:
    code: str
    name: str
    parent: str  # code
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """`ref` is negative and stands for the id that the person has not got yet."""

    ref: int
    name: str
    email: str | None
    language: str
    fin: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Works:
    """A job to begin. `person` and `manager`: ids of users, or refs of new people."""

    person: int
    unit: str  # code
    position: str | None  # code
    manager: int | None
    number: str | None
    from_on: date
    until_on: date | None


@dataclass(kw_only=True)
class Plan:
    """Every list is in the order of the file, so that the same file and the same database give the same plan."""

    root_code: str | None = None
    opened: list[NewUnit] = field(default_factory=list)
    renamed: list[tuple[int, str]] = field(default_factory=list)  # unit id, name
    moved: list[tuple[int, str]] = field(default_factory=list)  # unit id, code of the parent
    closed: list[tuple[int, date]] = field(default_factory=list)  # unit id, last day
    positions: list[tuple[str, str]] = field(default_factory=list)  # code, name
    people: list[NewPerson] = field(default_factory=list)
    fins: list[tuple[int, str]] = field(default_factory=list)  # user id, FIN
    emails: list[tuple[int, str]] = field(default_factory=list)  # user id, address
    ended: list[tuple[int, date | None]] = field(default_factory=list)  # job id, last day; None: goes on
    begun: list[Works] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    working: int = 0  # people who work there now
    missing: int = 0  # of them, not in a full list

    @property
    def changes_nothing(self) -> bool:
        return all(line.kind in NOTES for line in self.lines)

    @property
    def ends_many(self) -> bool:
        return self.missing > self.working * MOST_ENDS

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.kind] = found.get(line.kind, 0) + 1
        return {kind: found[kind] for kind in Change if kind in found}

    @property
    def digest(self) -> str:
        """Of everything it would do: the same only while neither the file, the database nor the day has changed."""
        acts = (
            *(self.root_code, self.opened, self.renamed, self.moved, self.closed, self.positions, self.people),
            *([ref for ref, _fin in self.fins], self.emails, self.ended, self.begun, self.lines, self.problems),
        )
        return hashlib.sha256(repr(acts).encode()).hexdigest()

    def say(self, kind: Change, who: str, *, row: int | None = None, before: str = "", after: str = "") -> None:
        self.lines.append(Line(kind=kind, row=row, who=who, before=before, after=after))

    @property
    def report(self) -> dict[str, Any]:
        """For the table of runs. No FIN stands in it."""
        return {
            "lines": [
                {name: value for name, value in asdict(line).items() if value not in (None, "")} for line in self.lines
            ],
            "problems": [asdict(problem) for problem in self.problems],
            "ignored": self.ignored,
            "working": self.working,
            "missing": self.missing,
        }
