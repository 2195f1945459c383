"""Organisations and who works in them, from a day until a day."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app import audit
from app.accounts.models import Membership, Organisation, User
from app.db import db
from app.errors import Refused
from app.folding import fold, sort_key

PAGE = 50


def all_organisations() -> list[Organisation]:
    """In alphabetical order."""
    return sorted(db.session.scalars(select(Organisation)), key=lambda one: sort_key(one.name))


def create(name: str, *, by: User | None, now: datetime) -> Organisation:
    """Raises Refused (field "name") when there is one of that name."""
    name = " ".join(name.split())
    if not 2 <= len(name) <= 200:
        raise Refused(gettext("Give the name of the organisation, up to 200 letters."), field="name")
    if any(fold(known.name) == fold(name) for known in all_organisations()):
        raise Refused(gettext("There is an organisation of this name already."), field="name")
    organisation = Organisation(name=name, created_at=now)
    db.session.add(organisation)
    db.session.flush()
    audit.record(
        "organisation_created",
        actor_id=by.id if by else None,
        subject_type="organisation",
        subject_id=organisation.id,
        now=now,
    )
    return organisation


def in_force(today: date) -> ColumnElement[bool]:
    """Of memberships: the person works there on `today`."""
    return (Membership.from_on <= today) & or_(Membership.until_on.is_(None), Membership.until_on >= today)


def open_memberships(today: date, user_id: int, organisation_id: int | None = None) -> list[Membership]:
    """Where somebody works today, or whether in this organisation."""
    query = select(Membership).where(in_force(today), Membership.user_id == user_id)
    if organisation_id is not None:
        query = query.where(Membership.organisation_id == organisation_id)
    return list(db.session.scalars(query.options(joinedload(Membership.organisation))))


def members(organisation_id: int, today: date, *, page: int) -> tuple[list[Membership], int]:
    """Fifty of those who work there today, by name, and how many pages of them there are. Two queries."""
    query = select(Membership).where(Membership.organisation_id == organisation_id, in_force(today))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = db.session.scalars(
        query.join(Membership.user)
        .options(contains_eager(Membership.user))
        .order_by(User.name_folded, User.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return list(found), max(1, -(-total // PAGE))


def sizes(today: date) -> dict[int, int]:
    """How many work today in each organisation, by its id; those where nobody does are left out."""
    query = select(Membership.organisation_id, func.count()).where(in_force(today))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Membership.organisation_id))}


def join(user: User, organisation: Organisation, *, from_on: date, by: User | None, now: datetime) -> Membership:
    """Somebody works in an organisation from a day on; again is harmless."""
    for known in open_memberships(from_on, user.id, organisation.id):
        return known
    membership = Membership(user_id=user.id, organisation_id=organisation.id, from_on=from_on)
    db.session.add(membership)
    db.session.flush()
    _record("membership_begun", membership, by, now)
    return membership


def end(membership: Membership, *, until_on: date, by: User | None, now: datetime) -> None:
    """The last day, inclusive."""
    if membership.until_on is not None and membership.until_on <= until_on:
        return
    membership.until_on = max(until_on, membership.from_on)
    _record("membership_ended", membership, by, now)


def _record(act: str, membership: Membership, by: User | None, now: datetime) -> None:
    audit.record(
        act,
        actor_id=by.id if by else None,
        subject_type="user",
        subject_id=membership.user_id,
        now=now,
        organisation=membership.organisation_id,
    )
