"""What a change of a requirement would do to whom, person by person; writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audiences.models import Audience
from app.audiences.resolving import members_on
from app.curricula import requirements
from app.curricula.allocating import due_days
from app.curricula.asking import known
from app.curricula.changing import affected
from app.curricula.doubting import doubts
from app.curricula.models import Obligation, Requirement, Source
from app.curricula.requirements import Draft
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.curricula.versions import in_force
from app.db import covers, db


class Kind(StrEnum):
    """What a change does to somebody; the page has the words."""

    ASKED = "asked"  # newly
    DOUBTED = "doubted"  # would be asked, and waits for a decision first
    ANOTHER_SOURCE = "another_source"  # is asked already, and will be for one reason more
    ENDED = "ended"  # no longer asked
    ONE_SOURCE_LESS = "one_source_less"  # asked all the same, for another reason
    COMPLETED = "completed"  # what was learnt already is enough
    EARLIER = "earlier"
    LATER = "later"
    DUE_SET = "due_set"  # there was no due day
    DUE_GONE = "due_gone"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person, before and after; the standing before is None for who was not asked."""

    user_id: int
    name: str
    kind: Kind
    status_before: Status | None
    status_after: Status | None
    due_before: date | None = None
    due_after: date | None = None
    doubts: tuple[str, ...] = ()


def changed(requirement: Requirement, draft: Draft, from_on: date) -> tuple[list[Line], int]:
    """Of a new version; beside it, as of the others: how many more are asked, for whom nothing changes."""
    found = affected(requirement, draft, from_on=from_on)
    of_it = select(Obligation.user_id).where(Obligation.requirement_id == requirement.id)
    names = _names(User.id.in_(of_it))
    lines = [
        Line(
            user_id=one.user_id,
            name=names[one.user_id],
            kind=_kind(one.status_before, one.status_after, one.due_before, one.due_after),
            status_before=one.status_before,
            status_after=one.status_after,
            due_before=one.due_before,
            due_after=one.due_after,
        )
        for one in found.effects
    ]
    return lines, found.unchanged


DONE = {Status.VALID, Status.WINDOW_OPEN, Status.EXPIRED}


def _kind(before: Status, after: Status, due_before: date | None, due_after: date | None) -> Kind:
    if after is Status.ARCHIVED:
        return Kind.ENDED
    if before not in DONE and after in DONE:
        return Kind.COMPLETED
    if due_before == due_after:
        return Kind.OTHER
    if due_before is None:
        return Kind.DUE_SET
    if due_after is None:
        return Kind.DUE_GONE
    return Kind.EARLIER if due_after < due_before else Kind.LATER


def attached(requirement: Requirement, audience: Audience, today: date) -> tuple[list[Line], int]:
    """As `allocating` will do it: who is new is asked or doubted."""
    version = in_force(requirements.versions(requirement), today)
    if version is None or requirement.archived_on is not None:
        return [], 0
    members = members_on(audience.id, today)
    names = _names(User.id.in_(members))
    for_it = _asked_for(requirement, audience, today)
    users = sorted(set(names) - for_it)
    before = known(requirement.id, users, today)
    days = due_days(version, requirement.organisation_id, users, today)
    doubted = doubts(version, users, before, days, today)
    standing = {row.user_id: row for row in _rows(requirement, today)}
    lines = []
    for user in users:
        row, was = standing.get(user), before.get(user)
        now_asked = row is not None and row.status != Status.ARCHIVED
        kind = Kind.DOUBTED if user in doubted else Kind.ANOTHER_SOURCE if now_asked else Kind.ASKED
        due_after = row.due_on if row is not None and now_asked else days.get(user)
        if was is not None and not was.is_open:
            due_after = None  # was completed before: the days of that count again
        after = Status(row.status) if row is not None and now_asked else None
        if kind is Kind.ASKED:
            after = Status.PENDING if was is None or was.is_open else None
        lines.append(
            Line(
                user_id=user,
                name=names[user],
                kind=kind,
                status_before=Status(row.status) if row is not None and now_asked else None,
                status_after=None if kind is Kind.DOUBTED and not now_asked else after,
                due_before=row.due_on if row is not None and now_asked else None,
                due_after=due_after,
                doubts=tuple(str(one) for one in doubted[user].doubts) if user in doubted else (),
            )
        )
    return lines, len(for_it & set(names))


def detached(requirement: Requirement, audience: Audience, today: date) -> tuple[list[Line], int]:
    others = (Source.audience_id != audience.id) | Source.assigned_by.is_not(None)
    kept = set(
        db.session.scalars(
            select(Obligation.user_id)
            .join(Source, Source.obligation_id == Obligation.id)
            .where(Obligation.requirement_id == requirement.id, covers(Source, today), others)
        )
    )
    asked = _asked_for(requirement, audience, today)
    names = _names(User.id.in_(select(Obligation.user_id).where(Obligation.requirement_id == requirement.id)))
    everybody = _rows(requirement, today)
    lines = [
        Line(
            user_id=row.user_id,
            name=names[row.user_id],
            kind=Kind.ONE_SOURCE_LESS if row.user_id in kept else Kind.ENDED,
            status_before=Status(row.status),
            status_after=Status(row.status) if row.user_id in kept else Status.ARCHIVED,
            due_before=row.due_on,
            due_after=row.due_on if row.user_id in kept else None,
        )
        for row in everybody
        if row.user_id in asked
    ]
    return lines, sum(row.status != Status.ARCHIVED and row.user_id not in asked for row in everybody)


def _asked_for(requirement: Requirement, audience: Audience, today: date) -> set[int]:
    """Who is asked because of the audience."""
    return set(
        db.session.scalars(
            select(Obligation.user_id)
            .join(Source, Source.obligation_id == Obligation.id)
            .where(
                Obligation.requirement_id == requirement.id, Source.audience_id == audience.id, covers(Source, today)
            )
        )
    )


def _rows(requirement: Requirement, today: date) -> Sequence[Any]:
    return db.session.execute(obligations_on(today).where(Obligation.requirement_id == requirement.id)).all()


def _names(of: Any) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(of))}
