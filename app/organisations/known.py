"""What the database knows of an organisation before a file is compared with it: read once, in a dozen queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Organisation, User
from app.clock import DAY
from app.db import db, in_parts
from app.folding import fold
from app.organisations import tree
from app.organisations.models import Job, Placement, Position, Unit
from app.organisations.scim.owning import Owned, owned

AT_ONCE = 900  # values in one IN; SQLite takes 32,766, and plans of PostgreSQL grow with them


@dataclass(frozen=True, kw_only=True)
class Known:
    """`units`, `positions` by code; `jobs`: those that have not ended before `today`, by person."""

    organisation: Organisation
    today: date
    root: Unit
    units: dict[str, Unit]
    closed_codes: dict[str, Unit]
    parents: dict[int, Placement]  # by unit id: where it stands last
    positions: dict[str, Position]
    jobs: dict[int, list[Job]]
    past: set[int]  # who worked here once
    numbers: dict[str, set[int]]  # personnel number: whose it is or was here
    by_fin: dict[str, User]  # by the keyed hash of a confirmed FIN
    by_email: dict[str, User]
    people: dict[int, User]
    position_names: dict[str, Position]  # by folded name
    unit_codes: dict[int, str]
    position_codes: dict[int, str]
    owned: Owned  # by connected systems

    @property
    def yesterday(self) -> date:
        return self.today - DAY


def known(
    organisation: Organisation, *, fins: Collection[str], emails: Collection[str], numbers: Collection[str], today: date
) -> Known:
    """`fins`: keyed hashes. Only people are read whom the file may mean, and those who work here."""
    every_unit = db.session.scalars(select(Unit).where(Unit.organisation_id == organisation.id).order_by(Unit.id)).all()
    still = {unit.code: unit for unit in every_unit if unit.until_on is None or unit.until_on >= today}
    places = select(Placement).join(Unit, Unit.id == Placement.unit_id).where(Unit.organisation_id == organisation.id)
    parents = {place.unit_id: place for place in db.session.scalars(places.order_by(Placement.from_on, Placement.id))}
    positions = list(db.session.scalars(select(Position).order_by(Position.id)))
    jobs: dict[int, list[Job]] = {}
    open_jobs = select(Job).where(
        Job.organisation_id == organisation.id, or_(Job.until_on.is_(None), Job.until_on >= today)
    )
    for job in db.session.scalars(open_jobs.order_by(Job.id)):
        jobs.setdefault(job.user_id, []).append(job)
    past: set[int] = set()
    of_number: dict[str, set[int]] = {}
    worked = select(Job.user_id, Job.number).where(Job.organisation_id == organisation.id).distinct()
    for user_id, number in db.session.execute(worked):
        past.add(user_id)
        if number:
            of_number.setdefault(number, set()).add(user_id)
    wanted = {user_id for number in numbers for user_id in of_number.get(number, ())} | set(jobs)
    people = {user.id: user for user in _users(User.id, wanted)}
    by_fin = {str(user.fin_lookup): user for user in _users(User.fin_lookup, fins, User.fin_confirmed_at.is_not(None))}
    by_email = {str(user.email): user for user in _users(User.email, emails)}
    people |= {user.id: user for user in (*by_fin.values(), *by_email.values())}
    return Known(
        organisation=organisation,
        today=today,
        root=tree.root(organisation.id),
        units=still,
        closed_codes={unit.code: unit for unit in every_unit if unit.code not in still},
        parents=parents,
        positions={one.code: one for one in positions},
        position_names={fold(one.name): one for one in reversed(positions)},
        unit_codes={unit.id: unit.code for unit in every_unit},
        position_codes={one.id: one.code for one in positions},
        jobs=jobs,
        past=past,
        numbers=of_number,
        by_fin=by_fin,
        by_email=by_email,
        people={number: user for number, user in people.items() if user.is_active},
        owned=owned(organisation.id),
    )


def _users(
    column: InstrumentedAttribute[Any], values: Collection[Any], *conditions: ColumnElement[bool]
) -> Iterator[User]:
    for some in in_parts(sorted(values), AT_ONCE):
        yield from db.session.scalars(select(User).where(column.in_(some), User.closed_at.is_(None), *conditions))
