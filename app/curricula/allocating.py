"""Who is asked: sources are opened and closed as audiences and people say, due days follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.accounts.models import User
from app.curricula.models import Obligation, Requirement
from app.curricula.requirements import Draft
from app.curricula.rules import Status


@dataclass(frozen=True, kw_only=True)
class Allocated:
    """How many sources were opened and closed, and how many people wait in the queue of exceptions since."""

    opened: int = 0
    closed: int = 0
    doubted: int = 0


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a change does to one obligation in force: on the day from which the change holds, without and with it."""

    obligation_id: int
    user_id: int
    status_before: Status
    status_after: Status
    due_before: date | None
    due_after: date | None


@dataclass(frozen=True, kw_only=True)
class Affected:
    """`effects`: only of those for whom status or due day differ; `unchanged`: how many others are asked."""

    effects: Sequence[Effect]
    unchanged: int


def allocate(day: date, now: datetime, *, requirements: Collection[int] | None = None) -> Allocated:
    """Open and close the sources so that on `day` who is asked is who is in the audiences (AudienceMember, as kept).

    `requirements`: ids; None: all. Who raises a doubt waits in the queue instead. Again on the same day changes nothing.
    """
    raise NotImplementedError


def affected(requirement: Requirement, draft: Draft, *, from_on: date, now: datetime) -> Affected:
    """What `requirements.change` with the same arguments would do to everybody asked today; writes nothing."""
    raise NotImplementedError


def give(
    requirement: Requirement,
    users: Sequence[User],
    *,
    due_on: date | None = None,
    by: User,
    now: datetime,
) -> int:
    """Ask these people by hand, from today; return how many were not asked by hand before.

    `due_on` None: what the requirement says. Who is asked already gets `due_on`. Raises Refused for an archived
    requirement, a day gone by, and people who have no job in the organisation today.
    """
    raise NotImplementedError


def take_back(obligation: Obligation, *, by: User, now: datetime) -> None:
    """No longer asked by hand, from today; other sources stay, and so does what was learnt. Again is harmless."""
    raise NotImplementedError
