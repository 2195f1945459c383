"""Requirements of an organisation with how many people stand how; audiences with how many are in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from app.audiences.models import Audience, AudienceMember
from app.catalogue.reading import course_titles
from app.curricula.models import (
    AllocationException,
    Decision,
    DueExtension,
    Evidence,
    Obligation,
    Period,
    Requirement,
    RequirementVersion,
)
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.curricula.versions import by_requirement, in_force
from app.db import covers, db
from app.folding import fold
from graders.course.model import Texts

OPEN = {Status.FUTURE, Status.PENDING, Status.IN_PROGRESS}
VALID = {Status.VALID, Status.WINDOW_OPEN}
LATE = {Status.OVERDUE, Status.FAILED}
PAUSED = {Status.EXEMPT, Status.SUSPENDED}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """People by how they stand; `asked` is all of them."""

    asked: int = 0
    valid: int = 0
    open: int = 0
    overdue: int = 0
    expired: int = 0
    paused: int = 0


@dataclass(frozen=True, kw_only=True)
class Listed:
    requirement: Requirement
    version: RequirementVersion  # in force, or the first one to come
    counts: Counts


def counts_of(requirements: Collection[int], day: date) -> dict[int, Counts]:
    """By requirement id; those of whom nobody is asked are missing. One query."""
    found = obligations_on(day).where(Requirement.id.in_(requirements)).subquery()
    rows = db.session.execute(
        select(found.c.requirement_id, found.c.status, func.count()).group_by(found.c.requirement_id, found.c.status)
    )
    by_status: dict[int, dict[Status, int]] = {}
    for requirement_id, status, number in rows:
        by_status.setdefault(requirement_id, {})[Status(status)] = number
    return {one: _counts(numbers) for one, numbers in by_status.items()}


def _counts(numbers: dict[Status, int]) -> Counts:
    def of(some: Collection[Status]) -> int:
        return sum(number for status, number in numbers.items() if status in some)

    return Counts(
        asked=of(set(Status) - {Status.ARCHIVED}),
        valid=of(VALID),
        open=of(OPEN),
        overdue=of(LATE),
        expired=of({Status.EXPIRED}),
        paused=of(PAUSED),
    )


def listed(
    organisation_id: int, day: date, *, words: str = "", ended: bool = False, page: int = 1, size: int = 25
) -> tuple[list[Listed], int]:
    """One page of the requirements, by title in Azerbaijani, and how many there are. Three queries.

    An organisation has tens of them: they are searched here, where `ə` can be folded. `words`: folded.
    """
    is_ended = Requirement.archived_on.is_not(None)
    wanted = select(Requirement).where(Requirement.organisation_id == organisation_id, is_ended if ended else ~is_ended)
    all_of_them = db.session.scalars(wanted).all()
    versions = by_requirement([one.id for one in all_of_them])
    found = []
    for one in all_of_them:
        version = in_force(versions[one.id], day) or versions[one.id][0]
        if words in fold(" ".join([one.code, *version.titles.values()])):
            found.append((one, version))
    found.sort(key=lambda pair: (fold(Texts(pair[1].titles, "az").get("az")), pair[0].id))
    shown = found[(page - 1) * size : page * size]
    counts = counts_of([one.id for one, _version in shown], day)
    rows = [Listed(requirement=one, version=version, counts=counts.get(one.id, Counts())) for one, version in shown]
    return rows, len(found)


def audiences_of(organisation_id: int, day: date) -> list[tuple[Audience, int]]:
    """Those in use, by name, with how many are in each on `day`. One query."""
    size = (
        select(func.count())
        .select_from(AudienceMember)
        .where(AudienceMember.audience_id == Audience.id, covers(AudienceMember, day))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Audience, size)
        .where(Audience.organisation_id == organisation_id, Audience.archived_at.is_(None))
        .order_by(Audience.name)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits for the training officer of an organisation."""

    exceptions: int
    extensions: int
    evidence: int


def asked_of(table: type[DueExtension | Evidence], organisation_id: int) -> Select[int]:
    """A SELECT of the ids of the requests about requirements of the organisation that wait for an answer."""
    return (
        select(table.id)
        .join(Period, Period.id == table.period_id)
        .join(Obligation, Obligation.id == Period.obligation_id)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .where(Requirement.organisation_id == organisation_id, table.decision == Decision.WAITING)
    )


def waiting_for(organisation_id: int) -> Waiting:
    """One query."""
    doubted = (
        select(AllocationException.id)
        .join(Requirement, Requirement.id == AllocationException.requirement_id)
        .where(Requirement.organisation_id == organisation_id, AllocationException.action.is_(None))
    )
    queries = (doubted, asked_of(DueExtension, organisation_id), asked_of(Evidence, organisation_id))
    numbers = [select(func.count()).select_from(query.subquery()).scalar_subquery() for query in queries]
    row = db.session.execute(select(*numbers)).one()
    return Waiting(exceptions=row[0], extensions=row[1], evidence=row[2])


def titles_of_courses(language: str) -> dict[str, str]:
    """{slug: title in the language}, by title."""
    found = {slug: Texts(texts, "az").get(language) if texts else slug for slug, texts in course_titles().items()}
    return dict(sorted(found.items(), key=lambda pair: fold(pair[1])))
