"""Who sees whom: the team of a manager, the staff of an organisation, as of a day.

A manager's team on a day is who had a job then (i) in a unit of one of the manager's grants or below it, or (ii) naming
the manager, directly or through others. Nobody is in their own team. A training officer sees the staff of the
organisation. Who may look is decided by today's grants and jobs, who is looked at by the jobs of the day: somebody who
leaves a unit leaves its view the same day and stays in it for the days before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Grant, Role, User
from app.accounts.permissions import grants, is_administrator, oversees
from app.db import covers, db, in_parts
from app.organisations.models import Job
from app.organisations.tree import below, placed_units


def team_jobs_on(
    user: User, day: date, *, organisation_id: int | None = None, today: date | None = None
) -> Select[int, int, int]:
    """A SELECT of (user_id, organisation_id, unit_id) of the jobs by which people were in the team of `user` on `day`.

    What a manager sees of somebody in one organisation says nothing of what another asks of them: join on both.
    `today`: the day on which `user` looks, where that is not `day` itself: who no longer manages sees no past either.
    """
    today = today or day
    query = select(Job.user_id, Job.organisation_id, Job.unit_id).where(
        covers(Job, day), Job.user_id != user.id, or_(_in_granted_units(user, day), _reports_to(user, day, today))
    )
    return query if organisation_id is None else query.where(Job.organisation_id == organisation_id)


def team_on(user: User, day: date, *, organisation_id: int | None = None, today: date | None = None) -> Select[int]:
    """A SELECT of the ids of who was in the team of `user` on `day`; of one organisation where it is said."""
    jobs = team_jobs_on(user, day, organisation_id=organisation_id, today=today)
    return jobs.with_only_columns(Job.user_id).distinct()


def staff_on(organisation_id: int, day: date) -> Select[int]:
    """A SELECT of the ids of who had a job in the organisation on `day`, for its training officers."""
    return select(Job.user_id).where(Job.organisation_id == organisation_id, covers(Job, day)).distinct()


def led_organisations(user: User, today: date) -> set[int]:
    """The organisations in which `user` has a team today: by a grant, or because a job there names them."""
    own, report = aliased(Job), aliased(Job)
    named = db.session.scalars(
        select(report.organisation_id)
        .join(own, (own.organisation_id == report.organisation_id) & (own.user_id == user.id))
        .where(report.manager_id == user.id, report.user_id != user.id, covers(own, today), covers(report, today))
        .distinct()
    )
    granted = {one.organisation_id for one in grants(user) if one.role == Role.MANAGER and one.organisation_id}
    return set(named) | granted


def overseen_organisations(user: User) -> set[int]:
    """The organisations whose training officer somebody is (an administrator is none's by being one)."""
    return {one.organisation_id for one in grants(user) if one.role == Role.OFFICER and one.organisation_id}


def leads(user: User, today: date) -> bool:
    """Has a team today, be it by a grant that covers nobody yet."""
    return bool(led_organisations(user, today))


def sees(
    user: User, person_id: int, day: date, *, organisation_id: int | None = None, today: date | None = None
) -> bool:
    """May look at what was asked of this person on `day` (by `organisation_id` where it is said).

    As manager, as training officer of an organisation the person worked in, or as administrator. One or two queries.
    """
    if is_administrator(user):
        return True
    there = select(Job.organisation_id).where(Job.user_id == person_id, covers(Job, day))
    if organisation_id is not None:
        there = there.where(Job.organisation_id == organisation_id)
    if any(oversees(user, one) for one in db.session.scalars(there)):
        return True
    team = team_jobs_on(user, day, organisation_id=organisation_id, today=today)
    return db.session.scalar(team.with_only_columns(Job.id).where(Job.user_id == person_id).limit(1)) is not None


def _in_granted_units(user: User, day: date) -> ColumnElement[bool]:
    given = [grant for grant in grants(user) if grant.role == Role.MANAGER]
    whole = [grant.organisation_id for grant in given if grant.unit_id is None]
    units = [grant.unit_id for grant in given if grant.unit_id is not None]
    inside = [Job.organisation_id.in_(whole)] if whole else []
    if units:
        inside.append(Job.unit_id.in_(below(units, day)))
    return or_(*inside) if inside else false()


def _reports_to(user: User, day: date, today: date) -> ColumnElement[bool]:
    """Jobs whose chain of managers, within one organisation, leads to `user`, who works and manages there today."""
    own, report, job = aliased(Job), aliased(Job), aliased(Job)
    manages_there = (
        select(own.id)
        .join(report, (report.organisation_id == own.organisation_id) & (report.manager_id == user.id))
        .where(
            own.user_id == user.id,
            own.organisation_id == job.organisation_id,
            covers(own, today),
            covers(report, today),
        )
    )
    chain = (
        select(job.id, job.user_id, job.organisation_id)
        .where(job.manager_id == user.id, covers(job, day), manages_there.exists())
        .cte(recursive=True)
    )
    deeper = aliased(Job)
    chain = chain.union(
        select(deeper.id, deeper.user_id, deeper.organisation_id)
        .join(chain, and_(deeper.manager_id == chain.c.user_id, deeper.organisation_id == chain.c.organisation_id))
        .where(covers(deeper, day))
    )
    return Job.id.in_(select(chain.c.id))


def nearest_leaders(organisation_id: int, users: Collection[int], day: date) -> dict[int, set[int]]:
    """Who is told of each of these people: whom their jobs name, else the managers of the nearest unit upwards.

    By user id, all of whom see them (`team_jobs_on`); nobody leads themselves. Five queries, however many people.
    """
    jobs: list[Any] = []
    for few in in_parts(users):
        held = select(Job.user_id, Job.unit_id, Job.manager_id).where(
            Job.organisation_id == organisation_id, covers(Job, day), Job.user_id.in_(few)
        )
        jobs += db.session.execute(held)
    works = select(Job.user_id).where(Job.organisation_id == organisation_id, covers(Job, day))
    named = set(db.session.scalars(works.where(Job.user_id.in_({one.manager_id for one in jobs if one.manager_id}))))
    of_units: dict[int | None, set[int]] = {}
    managing = select(Grant.user_id, Grant.unit_id).where(
        Grant.role == Role.MANAGER, Grant.organisation_id == organisation_id
    )
    for user_id, unit_id in db.session.execute(managing):
        of_units.setdefault(unit_id, set()).add(user_id)
    paths = {one.unit.id: one.path for one in placed_units(organisation_id, day)}
    found: dict[int, set[int]] = {}
    for one in jobs:
        if one.manager_id in named and one.manager_id != one.user_id:
            leaders = {one.manager_id}
        else:
            upwards = (*reversed(paths.get(one.unit_id, (one.unit_id,))), None)
            above = (of_units.get(unit, set()) - {one.user_id} for unit in upwards)
            leaders = next((some for some in above if some), set())
        found.setdefault(one.user_id, set()).update(leaders)
    return found


def officers(organisation_id: int) -> set[int]:
    """The training officers of the organisation."""
    granted = select(Grant.user_id).where(Grant.role == Role.OFFICER, Grant.organisation_id == organisation_id)
    return set(db.session.scalars(granted))
