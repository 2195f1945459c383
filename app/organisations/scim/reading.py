"""People and units of an agency as SCIM shows them: what it said of them, and from the jobs where they work.

A page of any length takes the same number of queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from scim2_models import Meta
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.db import covers, db
from app.organisations.models import Job, Placement
from app.organisations.scim.models import Kind, ScimResource
from app.organisations.scim.schemas import PERSON, CivilServant, EnterpriseUser, Group
from app.organisations.tree import root

ENTERPRISE, CIVIL = str(EnterpriseUser.__schema__), str(CivilServant.__schema__)


@dataclass(frozen=True, kw_only=True)
class Working:
    """The jobs of one person at the agency that have not ended. `main`: the one the attributes speak of."""

    main: Job
    jobs: tuple[Job, ...]


def alive(organisation_id: int) -> ColumnElement[bool]:
    """Of resources: the agency's own, not deleted."""
    return (ScimResource.organisation_id == organisation_id) & ScimResource.deleted_at.is_(None)


def not_ended(today: date) -> ColumnElement[bool]:
    """Of jobs: today's and those that begin later."""
    return or_(Job.until_on.is_(None), Job.until_on >= today) & or_(Job.until_on.is_(None), Job.until_on >= Job.from_on)


def works(rows: Sequence[ScimResource], today: date) -> dict[int, Working]:
    """By the id of the resource; who works nowhere is left out. One query."""
    found: dict[int, list[Job]] = {}
    of = {row.user_id: row for row in rows}
    if not of:
        return {}
    query = (
        select(Job)
        .where(Job.organisation_id == rows[0].organisation_id, Job.user_id.in_(of), not_ended(today))
        .options(joinedload(Job.unit), joinedload(Job.position))
        .order_by(Job.from_on, Job.id)
    )
    for job in db.session.scalars(query):
        found.setdefault(job.user_id, []).append(job)
    return {
        of[user].id: Working(main=next((job for job in jobs if job.id == of[user].job_id), jobs[-1]), jobs=tuple(jobs))
        for user, jobs in found.items()
    }


def people(rows: Sequence[ScimResource], today: date, *, address: str = "") -> list[Any]:
    """The resources of these rows of kind User. Three or four queries."""
    if not rows:
        return []
    organisation_id = rows[0].organisation_id
    at = works(rows, today)
    top = root(organisation_id).id
    managers = _uids(organisation_id, "user_id", {one.main.manager_id for one in at.values()})
    units = _uids(organisation_id, "unit_id", {job.unit_id for one in at.values() for job in one.jobs})
    return [_person(row, at.get(row.id), top, managers, units, address) for row in rows]


def _person(
    row: ScimResource, at: Working | None, top: int, managers: dict[int, str], units: dict[int, str], address: str
) -> Any:
    """What was said, except where somebody works: that is read from the jobs, whoever wrote them."""
    said: dict[str, Any] = dict(row.extra["said"])
    enterprise, civil = dict(said.get(ENTERPRISE) or {}), dict(said.get(CIVIL) or {})
    groups: list[dict[str, str]] = []
    if at is not None:
        main = at.main
        enterprise["employeeNumber"] = main.number
        manager = managers.get(main.manager_id or 0)
        enterprise["manager"] = {"value": manager, "$ref": f"{address}/Users/{manager}"} if manager else None
        if main.unit_id == top:
            enterprise["department"] = None
        elif main.unit_id != row.extra.get("unit") or not enterprise.get("department"):
            enterprise["department"] = main.unit.name
        civil["positionCode"] = main.position.code if main.position else None
        # A person may have two jobs in one unit.
        for unit_id, name in {job.unit_id: job.unit.name for job in at.jobs}.items():
            if unit_id in units:
                uid = units[unit_id]
                groups.append({"value": uid, "$ref": f"{address}/Groups/{uid}", "display": name, "type": "direct"})
    said[ENTERPRISE], said[CIVIL] = _given(enterprise), _given(civil)
    facts = [(job.id, job.until_on, job.number, job.unit.name) for job in at.jobs] if at else []
    return PERSON.model_validate(
        _given(said)
        | {
            "id": row.uid,
            "externalId": row.external_id,
            "userName": row.user_name,
            "active": None if row.extra.get("silent") is (at is not None) else at is not None,
            "groups": groups or None,
            "meta": _meta(row, facts, enterprise.get("manager"), groups),
        }
    )


def units(rows: Sequence[ScimResource], today: date, *, address: str = "", with_members: bool = True) -> list[Any]:
    """The resources of these rows of kind Group. Four queries, two without the members."""
    if not rows:
        return []
    organisation_id, ids = rows[0].organisation_id, [row.unit_id for row in rows]
    of_people, of_units = _people_of(organisation_id, ids, today), _units_of(organisation_id, ids, today)
    counted: dict[int, list[Any]] = {}
    for query in (of_people, of_units):
        marks = query.with_only_columns(
            query.selected_columns[0], func.count(), func.sum(ScimResource.id), func.max(ScimResource.id)
        ).group_by(query.selected_columns[0])
        for unit_id, *mark in db.session.execute(marks):
            counted.setdefault(unit_id, []).append([int(number) for number in mark])
    members: dict[int, list[dict[str, str]]] = {}
    if with_members:
        for query, kind in ((of_people, Kind.USER), (of_units, Kind.GROUP)):
            for unit_id, uid in db.session.execute(query.order_by(ScimResource.id)):
                entry = {"value": uid, "$ref": f"{address}/{kind}s/{uid}", "type": str(kind)}
                members.setdefault(unit_id, []).append(entry)
    found = []
    for row in rows:
        assert row.unit is not None
        found.append(
            Group.model_validate(
                {
                    "id": row.uid,
                    "externalId": row.external_id,
                    "displayName": row.unit.name,
                    "members": members.get(row.unit.id),
                    "meta": _meta(row, row.unit.name, counted.get(row.unit.id)),
                }
            )
        )
    return found


def member_uids(row: ScimResource, today: date) -> set[str]:
    """Who is in the unit, by their ids alone. Two queries, however many they are."""
    found: set[str] = set()
    for query in (_people_of, _units_of):
        found |= {uid for _unit, uid in db.session.execute(query(row.organisation_id, [row.unit_id], today))}
    return found


def _people_of(organisation_id: int, unit_ids: Sequence[int | None], today: date) -> Any:
    """A SELECT of (unit, uid) of the agency's people who work in these units, once each."""
    there = select(Job.unit_id, Job.user_id).where(Job.unit_id.in_(unit_ids), not_ended(today)).distinct().subquery()
    query = select(there.c.unit_id, ScimResource.uid).join(ScimResource, ScimResource.user_id == there.c.user_id)
    return query.where(alive(organisation_id))


def _units_of(organisation_id: int, unit_ids: Sequence[int | None], today: date) -> Any:
    """A SELECT of (unit, uid) of the agency's units directly below these."""
    query = select(Placement.parent_id, ScimResource.uid).join(ScimResource, ScimResource.unit_id == Placement.unit_id)
    return query.where(alive(organisation_id), Placement.parent_id.in_(unit_ids), covers(Placement, today))


def _uids(organisation_id: int, column: str, ids: set[Any]) -> dict[int, str]:
    """{id of a person or unit: what the agency knows it by}."""
    ids = ids - {None}
    if not ids:
        return {}
    key = getattr(ScimResource, column)
    return {
        row[0]: row[1]
        for row in db.session.execute(select(key, ScimResource.uid).where(alive(organisation_id), key.in_(ids)))
    }


def _meta(row: ScimResource, *facts: object) -> Meta:
    """With a version that changes whenever what is shown changes, also by other hands than the agency's."""
    digest = blake2b(repr(facts).encode(), digest_size=6).hexdigest()
    return Meta(
        resource_type=str(row.kind),
        created=row.created_at,
        last_modified=row.changed_at,
        version=f'W/"{row.revision}-{digest}"',
    )


def _given(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value not in (None, [], {})}
