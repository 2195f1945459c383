"""Carrying a plan out: a few statements for thousands of people, in the caller's one transaction."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, bindparam, insert, select, update

from app.accounts import fin as fins
from app.accounts import registering
from app.accounts.models import Organisation, User
from app.accounts.registering import Invited
from app.clock import DAY
from app.db import Model, db, in_parts
from app.folding import fold
from app.organisations import tree
from app.organisations.known import AT_ONCE
from app.organisations.models import Job, Placement, Position, Unit
from app.organisations.plans import Plan


def carry_out(
    plan: Plan, organisation: Organisation, data_folder: Path, *, inviter: str, today: date, now: datetime
) -> None:
    """Everything of the plan. Who is new and has an e-mail is invited; `inviter` is named in the mail."""
    root = tree.root(organisation.id)
    codes = {root.code: root.id}
    _units(plan, organisation, root, today)
    codes |= _ids(select(Unit.code, Unit.id).where(Unit.organisation_id == organisation.id))
    _place(plan, codes, today)
    _insert(Position, [{"code": code, "name": name} for code, name in plan.positions])
    positions = _ids(select(Position.code, Position.id))
    ids = _people(plan, data_folder, organisation, inviter=inviter, now=now)
    _set(Job, [(job_id, {"until_on": last}) for job_id, last in plan.ended])
    _insert(
        Job,
        [
            {
                "user_id": ids.get(works.person, works.person),
                "organisation_id": organisation.id,
                "unit_id": codes[works.unit],
                "position_id": positions[works.position] if works.position else None,
                "manager_id": ids.get(works.manager, works.manager) if works.manager else None,
                "number": works.number,
                "from_on": works.from_on,
                "until_on": works.until_on,
            }
            for works in plan.begun
        ],
    )
    db.session.expire_all()


def _units(plan: Plan, organisation: Organisation, root: Unit, today: date) -> None:
    if plan.root_code:
        root.code = plan.root_code
    taken = [one.code for one in plan.opened]
    for some in in_parts(taken, AT_ONCE):
        closed = select(Unit).where(Unit.organisation_id == organisation.id, Unit.code.in_(some))
        for unit in db.session.scalars(closed):
            unit.code = tree.given_up(unit.code, unit.until_on or today)
    db.session.flush()
    _set(Unit, [(unit_id, {"name": name}) for unit_id, name in plan.renamed])
    _set(Unit, [(unit_id, {"until_on": last}) for unit_id, last in plan.closed])
    _insert(
        Unit,
        [
            {
                "organisation_id": organisation.id,
                "code": one.code,
                "name": one.name,
                "from_on": one.from_on,
                "until_on": one.until_on,
            }
            for one in plan.opened
        ],
    )


def _place(plan: Plan, codes: dict[str, int], today: date) -> None:
    """Where units stand: closed ones no more, moved ones elsewhere from today, new ones from their first day."""
    rows = [
        {"unit_id": codes[one.code], "parent_id": codes[one.parent], "from_on": one.from_on, "until_on": one.until_on}
        for one in plan.opened
    ]
    last = dict(plan.closed)
    moving = dict(plan.moved)
    for some in in_parts(sorted({*last, *moving}), AT_ONCE):
        present = select(Placement).where(Placement.unit_id.in_(some), Placement.until_on.is_(None))
        for place in db.session.scalars(present):
            parent = codes[moving[place.unit_id]] if place.unit_id in moving else None
            if parent is not None and place.from_on >= today:
                place.parent_id = parent
            elif parent is not None:
                place.until_on = today - DAY
                rows.append({"unit_id": place.unit_id, "parent_id": parent, "from_on": today, "until_on": None})
            if place.unit_id in last and place.until_on is None:
                place.until_on = last[place.unit_id]
    db.session.flush()
    _insert(Placement, rows)


def _people(
    plan: Plan, data_folder: Path, organisation: Organisation, *, inviter: str, now: datetime
) -> dict[int, int]:
    """New accounts, addresses and FINs; {ref: id} of who is new."""
    rows = [
        {
            "name": one.name,
            "name_folded": fold(one.name),
            "email": one.email,
            "language": one.language,
            "created_at": now,
        }
        for one in plan.people
    ]
    made: list[int] = []
    if rows:
        made = list(db.session.scalars(insert(User).returning(User.id, sort_by_parameter_order=True), rows))
    ids = {one.ref: number for one, number in zip(plan.people, made, strict=True)}
    given = [(ids[one.ref], one.fin) for one in plan.people if one.fin] + plan.fins
    sealed = ((user_id, fins.sealed(user_id, fin, data_folder)) for user_id, fin in given)
    _set(
        User,
        [
            (user_id, {"fin_encrypted": kept.encrypted, "fin_lookup": kept.lookup, "fin_confirmed_at": now})
            for user_id, kept in sealed
        ],
    )
    _set(User, [(user_id, {"email": address}) for user_id, address in plan.emails])
    invited = [
        Invited(user_id=ids[one.ref], name=one.name, email=one.email, language=one.language)
        for one in plan.people
        if one.email
    ]
    addresses = dict(plan.emails)
    for some in in_parts(sorted(addresses), AT_ONCE):
        db.session.expire_all()
        for user in db.session.scalars(select(User).where(User.id.in_(some), User.password_hash.is_(None))):
            invited.append(Invited(user_id=user.id, name=user.name, email=addresses[user.id], language=user.language))
    registering.invite_many(invited, inviter=inviter, reason=organisation.name, now=now)
    return ids


def _ids(query: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in db.session.execute(query)}


def _insert(table: type[Model], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table), rows)


def _set(table: type[Model], rows: list[tuple[int, dict[str, Any]]]) -> None:
    """`rows`: ids, and what becomes of the columns of the row; the same columns in all."""
    if rows:
        of: Table = table.__table__  # type: ignore[assignment]
        change = (
            update(of)
            .where(of.c.id == bindparam("row_id"))
            .values({name: bindparam(f"new_{name}") for name in rows[0][1]})
        )
        values = [{"row_id": number} | {f"new_{name}": value for name, value in new.items()} for number, new in rows]
        db.session.connection().execute(change, values)
