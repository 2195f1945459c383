"""Who is asked: sources are opened and closed as audiences and people say, due days follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, insert, or_, select, update

from app import audit
from app.accounts.models import User
from app.audiences.models import AudienceMember
from app.clock import DAY, in_baku
from app.curricula import due
from app.curricula.asking import Ask, Known, ask, known
from app.curricula.doubting import Doubted, doubts
from app.curricula.models import (
    AllocationException,
    Obligation,
    Requirement,
    RequirementAudience,
    RequirementVersion,
    Source,
)
from app.curricula.rules import closing_day, due_day
from app.curricula.settling import settle
from app.curricula.versions import in_force_on
from app.db import covers, db, hold, in_parts
from app.errors import Refused
from app.organisations.models import Job


@dataclass(frozen=True, kw_only=True)
class Allocated:
    """How many sources were opened and closed, and how many people wait in the queue of exceptions since."""

    opened: int = 0
    closed: int = 0
    doubted: int = 0


def allocate(
    day: date, now: datetime, *, requirements: Collection[int] | None = None, settles: bool = True
) -> Allocated:
    """Open and close the sources so that on `day` who is asked is who is in the audiences (AudienceMember, as kept).

    `requirements`: ids; None: all. `settles`: what they learnt before is counted at once, too. Who raises a doubt waits
    in the queue instead. Again on the same day changes nothing.
    """
    closed = _close(day, requirements)
    _lapse(day, now, requirements)
    versions = in_force_on(day, requirements)
    opened = doubted = 0
    for requirement_id, wanted in sorted(_wanted(versions, day).items()):
        came, waiting = _open(versions[requirement_id], wanted, day, now)
        opened, doubted = opened + came, doubted + waiting
        if settles and came:
            for few in in_parts({row.user_id for row in wanted}):
                settle(day, few)
    return Allocated(opened=opened, closed=closed, doubted=doubted)


def _close(day: date, requirements: Collection[int] | None) -> int:
    """Sources of audiences that no longer hold the person, and those by hand of who has no job there any more."""
    held = (
        select(Obligation.id)
        .join(RequirementAudience, RequirementAudience.requirement_id == Obligation.requirement_id)
        .join(
            AudienceMember,
            (AudienceMember.audience_id == RequirementAudience.audience_id)
            & (AudienceMember.user_id == Obligation.user_id),
        )
        .where(
            Obligation.id == Source.obligation_id,
            RequirementAudience.audience_id == Source.audience_id,
            covers(RequirementAudience, day),
            covers(AudienceMember, day),
        )
        .exists()
    )
    works = (
        select(Obligation.id)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .join(Job, (Job.user_id == Obligation.user_id) & (Job.organisation_id == Requirement.organisation_id))
        .where(Obligation.id == Source.obligation_id, covers(Job, day))
        .exists()
    )
    ended = or_(Source.audience_id.is_not(None) & ~held, Source.assigned_by.is_not(None) & ~works)
    closing = update(Source).where(Source.until_on.is_(None), ended).values(until_on=day - DAY)
    if requirements is not None:
        of_these = select(Obligation.id).where(Obligation.requirement_id.in_(requirements))
        closing = closing.where(Source.obligation_id.in_(of_these))
    return _rows(closing)


def _lapse(day: date, now: datetime, requirements: Collection[int] | None) -> None:
    """Who left the audience, or was asked by hand meanwhile, needs no decision any more."""
    held = (
        select(AudienceMember.id)
        .join(RequirementAudience, RequirementAudience.audience_id == AudienceMember.audience_id)
        .where(
            AudienceMember.audience_id == AllocationException.audience_id,
            AudienceMember.user_id == AllocationException.user_id,
            RequirementAudience.requirement_id == AllocationException.requirement_id,
            covers(AudienceMember, day),
            covers(RequirementAudience, day),
        )
        .exists()
    )
    lapsing = update(AllocationException).where(AllocationException.action.is_(None), ~held)
    if requirements is not None:
        lapsing = lapsing.where(AllocationException.requirement_id.in_(requirements))
    _rows(lapsing.values(action="lapsed", decided_at=now))


def _wanted(requirements: Collection[int], day: date) -> dict[int, list[Any]]:
    """By requirement, (user, audience, member since) of who is in an audience of it and not asked because of that."""
    asked = (
        select(Source.id)
        .join(Obligation, Obligation.id == Source.obligation_id)
        .where(
            Obligation.user_id == AudienceMember.user_id,
            Obligation.requirement_id == RequirementAudience.requirement_id,
            Source.audience_id == AudienceMember.audience_id,
            Source.until_on.is_(None),
        )
        .exists()
    )
    waits = (
        select(AllocationException.id)
        .where(
            AllocationException.requirement_id == RequirementAudience.requirement_id,
            AllocationException.user_id == AudienceMember.user_id,
            AllocationException.audience_id == AudienceMember.audience_id,
            or_(
                AllocationException.action.is_(None),
                and_(  # for as long as the person stays in the audience
                    AllocationException.action == "dismiss",
                    AllocationException.member_since == AudienceMember.from_on,
                ),
            ),
        )
        .exists()
    )
    query = (
        select(
            RequirementAudience.requirement_id,
            AudienceMember.user_id,
            AudienceMember.audience_id,
            AudienceMember.from_on,
        )
        .join(RequirementAudience, RequirementAudience.audience_id == AudienceMember.audience_id)
        .where(
            RequirementAudience.requirement_id.in_(requirements),
            covers(RequirementAudience, day),
            covers(AudienceMember, day),
            ~asked,
            ~waits,
        )
        .order_by(AudienceMember.audience_id, AudienceMember.user_id)
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.requirement_id, []).append(row)
    return found


def _open(version: RequirementVersion, wanted: Sequence[Any], day: date, now: datetime) -> tuple[int, int]:
    organisation_id = version.requirement.organisation_id
    opened = doubted = 0
    for audience_id in sorted({row.audience_id for row in wanted}):  # a second audience meets what the first one made
        rows = [row for row in wanted if row.audience_id == audience_id]
        users = [row.user_id for row in rows]
        before = known(version.requirement_id, users, day)
        days = due_days(version, organisation_id, users, day)
        doubted_of = doubts(version, users, before, days, day)
        asks = [
            Ask(user_id=user, due_on=days.get(user), audience_id=audience_id)
            for user in users
            if user not in doubted_of
        ]
        _doubt(version, rows, doubted_of, audience_id, now)
        ask(version, asks, before, day, now)
        opened, doubted = opened + len(asks), doubted + len(doubted_of)
        audit.record(
            "requirement_allocated",
            actor_id=None,
            now=now,
            subject_type="requirement",
            subject_id=version.requirement_id,
            audience=audience_id,
            opened=len(asks),
            doubted=len(doubted_of),
        )
    return opened, doubted


def due_days(
    version: RequirementVersion, organisation_id: int, users: Collection[int], day: date
) -> dict[int, date | None]:
    """By when these people, asked on `day`, are due; None where nothing says or what it counts from is not known."""
    since = due.references(version.due, users, organisation_id, dict.fromkeys(users, day), day)
    return {user: due_day(version.due, since.get(user)) for user in users}


def _doubt(
    version: RequirementVersion,
    rows: Sequence[Any],
    doubted: dict[int, Doubted],
    audience_id: int,
    now: datetime,
) -> None:
    new = [
        {
            "requirement_id": version.requirement_id,
            "user_id": row.user_id,
            "audience_id": audience_id,
            "member_since": row.from_on,
            "doubt": doubted[row.user_id].doubts[0],
            "details": doubted[row.user_id].details,
            "raised_at": now,
        }
        for row in rows
        if row.user_id in doubted
    ]
    if new:
        db.session.execute(insert(AllocationException), new)


def give(
    requirement: Requirement, users: Sequence[User], *, due_on: date | None = None, by: User, now: datetime
) -> dict[int, int]:
    """Ask these people by hand, from today; return the new sources by user: of who was not asked by hand before.

    `due_on` None: what the requirement says. Who is asked already gets `due_on`. Raises Refused for an archived
    requirement, a day gone by, and people who have no job in the organisation today.
    """
    today = in_baku(now).date()
    version = in_force_on(today, [requirement.id]).get(requirement.id)
    if version is None:
        raise Refused(_("This requirement has ended."))
    if due_on is not None and due_on < today:
        raise Refused(_("Give a day that is still to come."), field="due_on")
    works = select(Job.user_id).where(Job.organisation_id == requirement.organisation_id, covers(Job, today))
    chosen = {user.id: user for user in users}
    if set(chosen) - set(db.session.scalars(works.where(Job.user_id.in_(list(chosen))))):
        raise Refused(_("Somebody chosen does not work in this organisation."))  # unnamed: a number says nothing
    hold(requirement)
    before = known(requirement.id, list(chosen), today)
    by_hand = set(
        db.session.scalars(
            select(Obligation.user_id)
            .join(Source, Source.obligation_id == Obligation.id)
            .where(
                Obligation.requirement_id == requirement.id, Source.assigned_by.is_not(None), Source.until_on.is_(None)
            )
        )
    )
    days = due_days(version, requirement.organisation_id, list(chosen), today)
    _move_given(version, before, due_on, today)
    asks = [
        Ask(user_id=user, due_on=due_on or days.get(user), assigned_by=by.id) for user in chosen if user not in by_hand
    ]
    opened = ask(version, asks, before, today, now)
    for few in in_parts(opened):
        settle(today, few)
    for user_id in opened:
        audit.record(
            "requirement_given",
            actor_id=by.id,
            now=now,
            subject_type="user",
            subject_id=user_id,
            requirement=requirement.id,
        )
    return opened


def _move_given(version: RequirementVersion, before: dict[int, Known], due_on: date | None, today: date) -> None:
    closes_on = closing_day(due_on, version.closes_after_days)
    moves = [
        due.Move(period_id=one.period_id, due_on=due_on, closes_on=closes_on, cause="changed")
        for one in before.values()
        if one.is_open and one.in_force and (due_on is not None or not version.due)
    ]
    due.move(moves, today)


def take_back(obligation: Obligation, *, by: User, now: datetime) -> None:
    """No longer asked by hand, from today; other sources stay, and so does what was learnt. Again is harmless."""
    last = in_baku(now).date() - DAY
    by_hand = (Source.obligation_id == obligation.id) & Source.assigned_by.is_not(None) & Source.until_on.is_(None)
    if _rows(update(Source).where(by_hand).values(until_on=last)):
        audit.record(
            "requirement_taken_back", actor_id=by.id, now=now, subject_type="obligation", subject_id=obligation.id
        )


def _rows(statement: Any) -> int:
    """How many rows it changed."""
    result: Any = db.session.execute(statement.execution_options(synchronize_session="fetch"))
    return int(result.rowcount)
