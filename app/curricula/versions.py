"""Versions of requirements read for the rules: which holds on a day, from when to when each did."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select

from app.clock import DAY
from app.curricula.models import Requirement, RequirementVersion
from app.curricula.rules import Asked, Terms
from app.db import db


def by_requirement(requirements: Collection[int] | None = None) -> dict[int, list[RequirementVersion]]:
    """The versions of the requirements with these ids (None: of all), the oldest first."""
    wanted = select(RequirementVersion).order_by(RequirementVersion.requirement_id, RequirementVersion.number)
    if requirements is not None:
        wanted = wanted.where(RequirementVersion.requirement_id.in_(requirements))
    found: dict[int, list[RequirementVersion]] = {}
    for version in db.session.scalars(wanted):
        found.setdefault(version.requirement_id, []).append(version)
    return found


def in_force(versions: Sequence[RequirementVersion], day: date) -> RequirementVersion | None:
    """The newest that has begun by `day`."""
    return next((one for one in reversed(versions) if one.from_on <= day), None)


def in_force_on(day: date, requirements: Collection[int] | None = None) -> dict[int, RequirementVersion]:
    """By requirement id; without the requirements that ended by `day` or have not begun."""
    asked = select(Requirement.id).where((Requirement.archived_on > day) | Requirement.archived_on.is_(None))
    alive = set(db.session.scalars(asked))
    found = {one: in_force(versions, day) for one, versions in by_requirement(requirements).items() if one in alive}
    return {one: version for one, version in found.items() if version is not None}


def asked(versions: Sequence[RequirementVersion]) -> list[Asked]:
    """What was asked when; a version that another replaced on its first day never was."""
    ends: list[date | None] = [later.from_on - DAY for later in versions[1:]]
    return [
        Asked(
            version_id=one.id,
            from_on=one.from_on,
            until_on=until,
            parts=one.parts,
            equivalents=one.equivalents,
            test_out=one.test_out,
            look_back_days=one.look_back_days,
            terms=terms(one),
        )
        for one, until in zip(versions, [*ends, None], strict=True)
        if until is None or until >= one.from_on
    ]


def terms(version: RequirementVersion) -> Terms:
    return Terms(
        renewal=version.renewal,
        validity_months=version.validity_months,
        window_days=version.window_days,
        minimum_validity_days=version.minimum_validity_days,
    )
