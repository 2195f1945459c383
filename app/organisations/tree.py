"""The tree of an organisation's units as it was, is or will be on a day.

Every day is a day in Asia/Baku. A unit's places are rows from a day until a day: a move closes one and opens the next,
so what was said of a past day stays true.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext
from sqlalchemy import Select, or_, select

from app import audit
from app.accounts.models import Organisation, User
from app.clock import DAY
from app.db import covers, db, one_at_a_time
from app.errors import Refused
from app.folding import sort_key
from app.organisations.models import Job, Placement, Unit

ROOT = "-"  # the code of the unit that is the organisation itself, until a file gives it another
BEGINNING = date(1900, 1, 1)  # the first day of the organisation itself: people may have come before it was known here


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A unit in its place on a day. `depth`: 0 for the organisation itself; `path`: unit ids from there to this one."""

    unit: Unit
    parent_id: int | None
    path: tuple[int, ...]

    @property
    def depth(self) -> int:
        return len(self.path) - 1


def below(units: Collection[int] | Select[int], day: date) -> Select[int]:
    """A SELECT of the ids of `units` and of every unit that stood below one of them on `day`."""
    found = select(Unit.id).where(Unit.id.in_(units)).cte(recursive=True)
    children = select(Placement.unit_id).join(found, Placement.parent_id == found.c.id).where(covers(Placement, day))
    return select(found.union(children).c.id)  # UNION, not UNION ALL: ends even if rows make a circle


def change_alone(organisation_id: int) -> None:
    """Until this transaction ends, whoever else changes the organisation waits: two moves at once could make a circle,
    two lists the same people twice."""
    one_at_a_time(f"organisation {organisation_id}")


def root(organisation_id: int) -> Unit:
    """The unit that is the organisation itself."""
    placed = select(Placement.id).where(Placement.unit_id == Unit.id)
    return db.session.scalars(select(Unit).where(Unit.organisation_id == organisation_id, ~placed.exists())).one()


def placed_units(organisation_id: int, day: date) -> list[Placed]:
    """The units in force on `day`, each after its parent, brothers in alphabetical order. Two queries.

    A unit whose parent is not in force is not shown.
    """
    units = db.session.scalars(select(Unit).where(Unit.organisation_id == organisation_id, covers(Unit, day)))
    known = {unit.id: unit for unit in units}
    places = db.session.execute(
        select(Placement.unit_id, Placement.parent_id)
        .join(Unit, Unit.id == Placement.unit_id)
        .where(Unit.organisation_id == organisation_id, covers(Placement, day))
    )
    parents: dict[int, int] = {place.unit_id: place.parent_id for place in places}
    children: dict[int | None, list[Unit]] = {}
    for unit in sorted(known.values(), key=lambda one: (sort_key(one.name), one.code)):
        children.setdefault(parents.get(unit.id), []).append(unit)
    found: list[Placed] = []
    waiting = [Placed(unit=unit, parent_id=None, path=(unit.id,)) for unit in reversed(children.get(None, []))]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [
            Placed(unit=unit, parent_id=one.unit.id, path=(*one.path, unit.id))
            for unit in reversed(children.get(one.unit.id, []))
        ]
    return found


def unit_of_code(organisation_id: int, code: str) -> Unit | None:
    """Also one that is closed."""
    return db.session.scalar(select(Unit).where(Unit.organisation_id == organisation_id, Unit.code == code))


def found_root(organisation: Organisation) -> Unit:
    """The unit that is the new organisation itself."""
    unit = Unit(organisation_id=organisation.id, code=ROOT, name=organisation.name, from_on=BEGINNING)
    db.session.add(unit)
    db.session.flush()
    return unit


def open_unit(parent: Unit, code: str, name: str, *, on: date, by: User | None, now: datetime) -> Unit:
    """A new unit below `parent` from the day `on`. Raises Refused (fields "code", "name", "parent").

    A closed unit gives up its code to the new one.
    """
    code, name = " ".join(code.split()), " ".join(name.split())
    if not 1 <= len(code) <= 60:
        raise Refused(gettext("Give the unit a code of up to 60 characters."), field="code")
    if not 1 <= len(name) <= 200:
        raise Refused(gettext("Give the unit a name of up to 200 letters."), field="name")
    _refuse_closed(parent, on)
    known = unit_of_code(parent.organisation_id, code)
    if known is not None:
        if known.until_on is None or known.until_on >= on:
            raise Refused(gettext("The unit “%(name)s” has this code.", name=known.name), field="code")
        known.code = given_up(known.code, known.until_on)
        db.session.flush()
    unit = Unit(organisation_id=parent.organisation_id, code=code, name=name, from_on=on)
    db.session.add(unit)
    db.session.flush()
    db.session.add(Placement(unit_id=unit.id, parent_id=parent.id, from_on=on))
    db.session.flush()
    _record("unit_opened", unit, by, now)
    return unit


def given_up(code: str, until_on: date) -> str:
    """The code of a closed unit after another has taken it."""
    mark = f" ({until_on.isoformat()})"
    return code[: 60 - len(mark)] + mark


def rename(unit: Unit, name: str, *, by: User | None, now: datetime) -> None:
    """Raises Refused (field "name")."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise Refused(gettext("Give the unit a name of up to 200 letters."), field="name")
    if name != unit.name:
        before, unit.name = unit.name, name
        _record("unit_renamed", unit, by, now, before=before)


def move(unit: Unit, parent: Unit, *, on: date, by: User | None, now: datetime) -> None:
    """From the day `on` the unit, with what is below it, stands under `parent`.

    Raises Refused (field "parent") when that would put it below itself (the organisation itself would always be) and
    for another organisation's unit; (field "on") for a day before its present place began.
    """
    change_alone(unit.organisation_id)
    if parent.organisation_id != unit.organisation_id:
        raise Refused(gettext("Choose a unit of the same organisation."), field="parent")
    _refuse_closed(parent, on)
    if parent.id in set(db.session.scalars(below([unit.id], on))):
        raise Refused(gettext("A unit cannot stand below itself."), field="parent")
    latest = db.session.scalars(
        select(Placement).where(Placement.unit_id == unit.id).order_by(Placement.from_on.desc()).limit(1)
    ).one()
    if latest.parent_id == parent.id and latest.until_on is None:
        return
    if on < latest.from_on:
        raise Refused(gettext("The unit came to its present place after this day."), field="on")
    if on == latest.from_on:
        latest.parent_id, latest.until_on = parent.id, None
    else:
        latest.until_on = on - DAY
        db.session.add(Placement(unit_id=unit.id, parent_id=parent.id, from_on=on))
    db.session.flush()
    _record("unit_moved", unit, by, now, under=parent.code)


def close(unit: Unit, *, until_on: date, by: User | None, now: datetime) -> None:
    """The last day, inclusive. Raises Refused while somebody works there or a unit stands below it after that."""
    change_alone(unit.organisation_id)
    place = db.session.scalars(
        select(Placement).where(
            Placement.unit_id == unit.id, or_(Placement.until_on.is_(None), Placement.until_on > until_on)
        )
    ).all()
    if not place:
        raise Refused(gettext("This is the organisation itself: it cannot be closed."))
    if db.session.scalar(
        select(Job.id).where(Job.unit_id == unit.id, or_(Job.until_on.is_(None), Job.until_on > until_on)).limit(1)
    ):
        raise Refused(gettext("People still work in this unit. Move them first."))
    if db.session.scalar(
        select(Placement.id)
        .where(Placement.parent_id == unit.id, or_(Placement.until_on.is_(None), Placement.until_on > until_on))
        .limit(1)
    ):
        raise Refused(gettext("Other units stand below this one. Move or close them first."))
    for one in place:
        one.until_on = until_on
    unit.until_on = until_on
    db.session.flush()
    _record("unit_closed", unit, by, now, day=until_on.isoformat())


def _refuse_closed(parent: Unit, on: date) -> None:
    if parent.until_on is not None and parent.until_on < on:
        raise Refused(gettext("The unit “%(name)s” is closed on this day.", name=parent.name), field="parent")


def _record(act: str, unit: Unit, by: User | None, now: datetime, **details: str) -> None:
    audit.record(
        act,
        actor_id=by.id if by else None,
        subject_type="organisation",
        subject_id=unit.organisation_id,
        now=now,
        unit=unit.code,
        **details,
    )
