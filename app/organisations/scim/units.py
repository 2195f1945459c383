"""Units an agency sends as groups: opened, named, closed, and who works in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from scim2_models import InvalidValueException
from sqlalchemy import select

from app.accounts.models import Organisation
from app.clock import DAY
from app.db import db
from app.organisations import tree, working
from app.organisations.models import Unit
from app.organisations.scim import naming
from app.organisations.scim.models import Kind, ScimResource
from app.organisations.scim.reading import Working, alive, member_uids, works
from app.organisations.scim.requests import Asked

CHUNK = 500  # ids in one query


def create(asked: Asked, group: Any) -> ScimResource:
    """A unit below the agency itself; one that is there already by code (externalId) or name is taken over."""
    naming.check(None, group.external_id)
    unit = _known(asked, group) or naming.open_unit(asked, group.display_name, group.external_id)
    row = ScimResource(
        uid=str(uuid4()),
        organisation_id=asked.organisation_id,
        kind=Kind.GROUP,
        unit_id=unit.id,
        external_id=group.external_id,
        extra={},
        created_at=asked.now,
        changed_at=asked.now,
    )
    db.session.add(row)
    db.session.flush()
    tree.rename(unit, group.display_name, by=None, now=asked.now)
    if group.members is not None:  # not said: who works there already does
        _set_members(asked, row, group)
    asked.record("scim_group_created", row)
    return row


def update(asked: Asked, row: ScimResource, group: Any) -> None:
    naming.check(None, group.external_id)
    assert row.unit is not None
    row.external_id = group.external_id
    tree.rename(row.unit, group.display_name, by=None, now=asked.now)
    _set_members(asked, row, group)
    asked.changed("scim_group_changed", row)


def delete(asked: Asked, row: ScimResource) -> None:
    """The unit is closed; who worked in it and what stood below it now belongs to the agency itself."""
    assert row.unit is not None
    _set_members(asked, row, None)
    tree.close(row.unit, until_on=asked.today - DAY, by=None, now=asked.now)
    row.deleted_at = asked.now
    asked.changed("scim_group_deleted", row)


def _known(asked: Asked, group: Any) -> Unit | None:
    unit = tree.unit_of_code(asked.organisation_id, group.external_id) if group.external_id else None
    if unit is None or not (unit.until_on is None or unit.until_on >= asked.today):
        unit = naming.unit_named(asked, group.display_name)
    if unit is None or unit.id == tree.root(asked.organisation_id).id:
        return None
    linked = select(ScimResource.id).where(alive(asked.organisation_id), ScimResource.unit_id == unit.id)
    return unit if db.session.scalar(linked) is None else None


def _set_members(asked: Asked, row: ScimResource, group: Any) -> None:
    """`group` None: nobody is left."""
    before = member_uids(row, asked.today)
    after = {member.value for member in (group.members or []) if member.value} if group is not None else set()
    unit, top = row.unit, tree.root(asked.organisation_id)
    assert unit is not None
    come, go = _resources(asked, after - before), _resources(asked, before - after)
    people = [one for one in (*come, *go) if one.kind == Kind.USER]
    at: dict[int, Working] = {}
    for start in range(0, len(people), CHUNK):
        at |= works(people[start : start + CHUNK], asked.today)
    for one in come:
        if one.unit is not None:
            tree.move(one.unit, unit, on=asked.today, by=None, now=asked.now)
        elif one.id not in at:
            raise InvalidValueException(detail=f"members: {one.uid} is not active and works nowhere.")
        else:
            _come(asked, one, at[one.id], unit, top)
    for one in go:
        if one.unit is not None:
            tree.move(one.unit, top, on=asked.today, by=None, now=asked.now)
        elif one.id in at:
            _go(asked, one, at[one.id], unit, top)
    db.session.flush()


def _come(asked: Asked, row: ScimResource, at: Working, unit: Unit, top: Unit) -> None:
    """Who only worked at the agency itself works in the unit now; who works in another unit has a second job here."""
    place = replace(working.place_of(at.main), unit_id=unit.id)
    if len(at.jobs) == 1 and at.main.unit_id == top.id:
        row.job_id = working.change(at.main, place, on=max(asked.today, at.main.from_on), by=None, now=asked.now).id
        return
    assert row.user is not None
    organisation = db.session.get_one(Organisation, asked.organisation_id)
    row.job_id = row.job_id or at.main.id
    working.join(row.user, organisation, from_on=asked.today, by=None, now=asked.now, place=place)


def _go(asked: Asked, row: ScimResource, at: Working, unit: Unit, top: Unit) -> None:
    """Who works in no other unit goes on working at the agency itself: who leaves is said by `active`."""
    here = [job for job in at.jobs if job.unit_id == unit.id]
    rest = [job for job in at.jobs if job.unit_id != unit.id]
    if not rest:
        job = next((job for job in here if job.id == row.job_id), here[-1])
        here.remove(job)
        place = replace(working.place_of(job), unit_id=top.id)
        row.job_id = working.change(job, place, on=max(asked.today, job.from_on), by=None, now=asked.now).id
    elif row.job_id in {job.id for job in here}:
        row.job_id = rest[-1].id
    for job in here:
        working.end(job, until_on=asked.today - DAY, by=None, now=asked.now)


def _resources(asked: Asked, uids: set[str]) -> list[ScimResource]:
    """Of the agency's own, in the order they came. Raises InvalidValueException for an id it does not have."""
    found: list[ScimResource] = []
    wanted = sorted(uids)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        found += db.session.scalars(
            select(ScimResource).where(alive(asked.organisation_id), ScimResource.uid.in_(some))
        ).all()
    if missing := uids - {row.uid for row in found}:
        raise InvalidValueException(detail=f"members: you have no resource {min(missing)!r}.", attribute="members")
    return sorted(found, key=lambda row: row.id)
