"""How many people work where, and who: what the pages of an organisation show, as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Grant, Role, User
from app.db import covers, db
from app.folding import fold
from app.organisations.models import Job, Unit
from app.organisations.tree import Placed, placed_units

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A unit in its place, with how many people work in it and in it with all below, and who manages it."""

    placed: Placed
    own: int
    all: int
    managers: Sequence[User]


def counted_units(organisation_id: int, day: date) -> list[Counted]:
    """The tree with head counts on `day`. Four queries, however large. Who works in two units counts in both."""
    placed = placed_units(organisation_id, day)
    working = select(Job.unit_id, Job.user_id).where(Job.organisation_id == organisation_id, covers(Job, day))
    own: dict[int, set[int]] = {}
    for unit_id, user_id in db.session.execute(working):
        own.setdefault(unit_id, set()).add(user_id)
    within: dict[int, set[int]] = {}
    for one in placed:
        for above in one.path:
            within.setdefault(above, set()).update(own.get(one.unit.id, ()))
    managers = managers_of(organisation_id)
    return [
        Counted(
            placed=one,
            own=len(own.get(one.unit.id, ())),
            all=len(within[one.unit.id]),
            managers=managers.get(one.unit.id if one.depth else None, ()),
        )
        for one in placed
    ]


def managers_of(organisation_id: int) -> dict[int | None, list[User]]:
    """Who was made manager of which unit (None: of the whole organisation)."""
    given = select(Grant).join(Grant.user).options(contains_eager(Grant.user))
    found: dict[int | None, list[User]] = {}
    for grant in db.session.scalars(
        given.where(Grant.role == Role.MANAGER, Grant.organisation_id == organisation_id).order_by(User.name_folded)
    ):
        found.setdefault(grant.unit_id, []).append(grant.user)
    return found


def officers_of(organisation_id: int) -> Sequence[User]:
    return holders_of(Role.OFFICER, Grant.organisation_id == organisation_id)


def holders_of(role: Role, *conditions: ColumnElement[bool]) -> Sequence[User]:
    """Who was given the role, under `conditions` on the grant; by name."""
    given = select(Grant.user_id).where(Grant.role == role, *conditions)
    return db.session.scalars(select(User).where(User.id.in_(given)).order_by(User.name_folded, User.id)).all()


def jobs_of(
    organisation_id: int, day: date, *, words: str = "", units: Select[int] | None = None, page: int
) -> tuple[list[Job], int]:
    """Fifty of the jobs there on `day`, by the name of who has it, and how many there are. Two queries.

    `words`: of the name, the e-mail or the personnel number; `units`: only in these.
    """
    query = select(Job).join(User, User.id == Job.user_id)
    query = query.where(Job.organisation_id == organisation_id, covers(Job, day))
    if units is not None:
        query = query.where(Job.unit_id.in_(units))
    for word in fold(words).split()[:6]:
        query = query.where(
            or_(
                User.name_folded.contains(word, autoescape=True),
                User.email.contains(word, autoescape=True),
                Job.number == word,
            )
        )
    total = db.session.scalar(select(func.count()).select_from(query.with_only_columns(Job.id).subquery())) or 0
    found = db.session.scalars(
        query.options(contains_eager(Job.user), joinedload(Job.unit), joinedload(Job.position))
        .order_by(User.name_folded, User.id, Job.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return list(found), total


def history(organisation_id: int, user_id: int) -> Sequence[Job]:
    """Every job somebody has or had there, the latest first; taken-back ones, which cover no day, are left out."""
    return db.session.scalars(
        select(Job)
        .where(
            Job.organisation_id == organisation_id,
            Job.user_id == user_id,
            or_(Job.until_on.is_(None), Job.until_on >= Job.from_on),
        )
        .options(joinedload(Job.unit), joinedload(Job.position), joinedload(Job.manager))
        .order_by(Job.from_on.desc(), Job.id.desc())
    ).all()


def has_worked(organisation_id: int, user_id: int) -> bool:
    mine = select(Job.id).where(Job.organisation_id == organisation_id, Job.user_id == user_id)
    return db.session.scalar(mine.limit(1)) is not None


def unit_of(organisation_id: int, unit_id: int) -> Unit | None:
    return db.session.scalar(select(Unit).where(Unit.id == unit_id, Unit.organisation_id == organisation_id))
