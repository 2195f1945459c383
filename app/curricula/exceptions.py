"""The queue of who was not simply asked, and the three ways out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from app import audit
from app.accounts.models import User
from app.audiences.models import AudienceMember
from app.clock import in_baku
from app.curricula.allocating import due_days
from app.curricula.asking import Ask, ask, known
from app.curricula.models import AllocationException, Requirement
from app.curricula.rules import realistic_day
from app.curricula.settling import settle
from app.curricula.versions import in_force_on
from app.db import covers, db, in_parts, one_at_a_time


def waiting(organisation_id: int) -> Select[Any]:
    """The AllocationExceptions of an organisation that wait for a decision, the oldest first.

    `details`: {"doubts": [every one], "due_on": day or None, "courses": [asked elsewhere], "from": what is not known}.
    """
    return (
        select(AllocationException)
        .join(Requirement, Requirement.id == AllocationException.requirement_id)
        .where(Requirement.organisation_id == organisation_id, AllocationException.action.is_(None))
        .order_by(AllocationException.raised_at, AllocationException.id)
    )


def assign(exceptions: Sequence[AllocationException], *, by: User, now: datetime) -> int:
    """Ask them all the same, with the due day as the requirement says; return how many. Decided ones are left out."""
    return _assign(exceptions, realistic=False, by=by, now=now)


def assign_realistic(exceptions: Sequence[AllocationException], *, by: User, now: datetime) -> int:
    """Ask them with a due day of the minimum time and a week from today; return how many."""
    return _assign(exceptions, realistic=True, by=by, now=now)


def dismiss(exceptions: Sequence[AllocationException], *, by: User, now: datetime) -> int:
    """Do not ask them because of this audience, as long as they stay in it; return how many."""
    open_ones = _open(exceptions)
    for one in open_ones:
        _decide(one, "dismiss", by=by, now=now)
    db.session.flush()
    return len(open_ones)


def _open(exceptions: Sequence[AllocationException]) -> list[AllocationException]:
    """Those that still wait, kept from being decided twice."""
    one_at_a_time("exceptions")
    wanted = select(AllocationException).where(
        AllocationException.id.in_([one.id for one in exceptions]), AllocationException.action.is_(None)
    )
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def _assign(exceptions: Sequence[AllocationException], *, realistic: bool, by: User, now: datetime) -> int:
    today = in_baku(now).date()
    versions = in_force_on(today)
    groups: dict[tuple[int, int | None], list[AllocationException]] = {}
    for one in _open(exceptions):
        groups.setdefault((one.requirement_id, one.audience_id), []).append(one)
    count = 0
    for (requirement_id, audience_id), rows in groups.items():
        version = versions.get(requirement_id)
        there = _members(audience_id, [one.user_id for one in rows], today)
        users = [one.user_id for one in rows if one.user_id in there]
        if version is None:
            continue
        days = due_days(version, version.requirement.organisation_id, users, today)
        if realistic:
            days = dict.fromkeys(users, realistic_day(today, version.minimum_days))
        cause = "realistic" if realistic else "assigned"
        asks = [Ask(user_id=user, due_on=days[user], cause=cause, audience_id=audience_id) for user in users]
        ask(version, asks, known(requirement_id, users, today), today, now)
        for few in in_parts(users):
            settle(today, few)
        for one in rows:
            if one.user_id in there:
                _decide(one, "realistic" if realistic else "assign", by=by, now=now)
        count += len(users)
    db.session.flush()
    return count


def _members(audience_id: int | None, users: Sequence[int], day: date) -> set[int]:
    """Who left the audience meanwhile is not asked any more; the night takes them off the queue."""
    members = select(AudienceMember.user_id).where(
        AudienceMember.audience_id == audience_id, AudienceMember.user_id.in_(users), covers(AudienceMember, day)
    )
    return set(db.session.scalars(members))


def _decide(exception: AllocationException, action: str, *, by: User, now: datetime) -> None:
    exception.action, exception.decided_by, exception.decided_at = action, by.id, now
    audit.record(
        "exception_decided",
        actor_id=by.id,
        now=now,
        subject_type="user",
        subject_id=exception.user_id,
        requirement=exception.requirement_id,
        doubt=exception.doubt,
        action=action,
    )
