"""Why somebody whom an audience brings is not simply asked (Totara's exceptions, credentials-reference 5.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.catalogue.models import Course
from app.curricula.asking import Known
from app.curricula.models import (
    Doubt,
    DueDate,
    Obligation,
    Requirement,
    RequirementCourse,
    RequirementVersion,
    Source,
)
from app.curricula.rules import counts_from, is_too_soon
from app.curricula.standing import asked_on
from app.curricula.versions import in_force_on
from app.db import covers, db, in_parts


@dataclass(frozen=True, kw_only=True)
class Doubted:
    doubts: tuple[Doubt, ...]  # the first decides how it is called in the queue
    details: dict[str, Any]


def doubts(
    version: RequirementVersion,
    users: Collection[int],
    before: Mapping[int, Known],
    days: Mapping[int, date | None],
    day: date,
) -> dict[int, Doubted]:
    """By user id; `days`: by when each would be due. Nobody is doubted whose first period is completed.

    Who is asked already is only doubted when it was by hand and with another due day. A due day that counts from the
    first sign-in is set on that day; one that counts from a job or another course and has nothing to count from is a
    doubt.
    """
    elsewhere = _asked_elsewhere(version, users, day)
    by_hand = _due_by_hand(before, day)
    unknown = counts_from(version.due) in ("job", "course")
    found = {}
    for user in users:
        was, due_on = before.get(user), days.get(user)
        if was is not None and not was.is_open:
            continue
        reasons = []
        if was is not None and was.in_force:
            if was.obligation_id in by_hand and by_hand[was.obligation_id] != due_on:
                reasons.append(Doubt.ALREADY_ASSIGNED)
        else:
            if is_too_soon(due_on, day, version.minimum_days):
                reasons.append(Doubt.TOO_LITTLE_TIME)
            if unknown and due_on is None:
                reasons.append(Doubt.DAY_UNKNOWN)
            if user in elsewhere:
                reasons.append(Doubt.DUPLICATE)
        if reasons:
            details = {
                "doubts": [str(one) for one in reasons],
                "due_on": due_on.isoformat() if due_on else None,
                "courses": sorted(elsewhere.get(user, ())) if Doubt.DUPLICATE in reasons else [],
                "from": counts_from(version.due),
            }
            found[user] = Doubted(doubts=tuple(reasons), details=details)
    return found


def _asked_elsewhere(version: RequirementVersion, users: Collection[int], day: date) -> dict[int, set[str]]:
    """By user id, the courses of this version that another requirement of the organisation asks of them on `day`."""
    organisation = select(Requirement.organisation_id).where(Requirement.id == version.requirement_id)
    beside = db.session.scalars(
        select(Requirement.id).where(
            Requirement.organisation_id == organisation.scalar_subquery(), Requirement.id != version.requirement_id
        )
    )
    others = [one.id for one in in_force_on(day, beside.all()).values()]
    own = select(RequirementCourse.course_id).where(RequirementCourse.version_id == version.id)
    shared: dict[int, set[str]] = {}
    for requirement_id, slug in db.session.execute(
        select(RequirementCourse.requirement_id, Course.slug)
        .join(Course, Course.id == RequirementCourse.course_id)
        .where(RequirementCourse.version_id.in_(others), RequirementCourse.course_id.in_(own))
    ):
        shared.setdefault(requirement_id, set()).add(slug)
    found: dict[int, set[str]] = {}
    if not shared:
        return found
    asked = select(Obligation.user_id, Obligation.requirement_id).where(
        Obligation.requirement_id.in_(shared), asked_on(day)
    )
    for few in in_parts(users):
        for user, requirement_id in db.session.execute(asked.where(Obligation.user_id.in_(few))):
            found.setdefault(user, set()).update(shared[requirement_id])
    return found


def _due_by_hand(before: Mapping[int, Known], day: date) -> dict[int, date | None]:
    """By obligation id, the due day of those asked by hand and by nobody else."""
    open_ones = {one.obligation_id: one.period_id for one in before.values() if one.in_force and one.is_open}
    found: dict[int, date | None] = {}
    for few in in_parts(list(open_ones)):
        by_audience = set(
            db.session.scalars(
                select(Source.obligation_id).where(
                    Source.obligation_id.in_(few), Source.audience_id.is_not(None), covers(Source, day)
                )
            )
        )
        alone = {open_ones[one]: one for one in few if one not in by_audience}
        held = select(DueDate.period_id, DueDate.due_on).where(DueDate.period_id.in_(alone), covers(DueDate, day))
        found |= {alone[period]: due_on for period, due_on in db.session.execute(held)}
    return found
