"""Organisations and who works in them: jobs in a unit, from a day until a day.

A job is never rewritten: what changes (unit, position, manager) ends it the day before and begins another, so that what
was said of a past day stays true. Who leaves today has yesterday as the last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.models import Organisation, User
from app.clock import DAY, in_baku
from app.db import covers, db
from app.errors import Refused
from app.folding import fold, sort_key
from app.organisations import tree
from app.organisations.models import Job, Position, Unit


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where, as what and under whom somebody works; `number` is theirs in the organisation's personnel system."""

    unit_id: int
    position_id: int | None = None
    manager_id: int | None = None
    number: str | None = None


def all_organisations() -> list[Organisation]:
    """In alphabetical order."""
    return sorted(db.session.scalars(select(Organisation)), key=lambda one: sort_key(one.name))


def create(name: str, *, by: User | None, now: datetime) -> Organisation:
    """With the unit that is the organisation itself. Raises Refused (field "name") when there is one of that name."""
    name = " ".join(name.split())
    if not 2 <= len(name) <= 200:
        raise Refused(gettext("Give the name of the organisation, up to 200 letters."), field="name")
    if any(fold(known.name) == fold(name) for known in all_organisations()):
        raise Refused(gettext("There is an organisation of this name already."), field="name")
    organisation = Organisation(name=name, created_at=now)
    db.session.add(organisation)
    db.session.flush()
    tree.found_root(organisation)
    audit.record(
        "organisation_created",
        actor_id=by.id if by else None,
        subject_type="organisation",
        subject_id=organisation.id,
        now=now,
    )
    return organisation


def jobs_on(day: date, user_id: int, organisation_id: int | None = None) -> list[Job]:
    """What somebody works as on `day`, or whether in this organisation; with organisation, unit and position."""
    query = select(Job).where(covers(Job, day), Job.user_id == user_id)
    if organisation_id is not None:
        query = query.where(Job.organisation_id == organisation_id)
    with_names = query.options(joinedload(Job.organisation), joinedload(Job.unit), joinedload(Job.position))
    return list(db.session.scalars(with_names.order_by(Job.id)))


def employers(user_id: int, day: date) -> set[int]:
    """The organisations somebody works for on `day`."""
    return set(db.session.scalars(select(Job.organisation_id).where(covers(Job, day), Job.user_id == user_id)))


def people_of(organisation_id: int, day: date) -> Select[int]:
    """The ids of everybody who works in the organisation on `day`, as a query."""
    return select(Job.user_id).where(covers(Job, day), Job.organisation_id == organisation_id)


def sizes(day: date) -> dict[int, int]:
    """How many people work in each organisation on `day`, by its id; those where nobody does are left out."""
    query = select(Job.organisation_id, func.count(func.distinct(Job.user_id))).where(covers(Job, day))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Job.organisation_id))}


def position(code: str, name: str) -> Position:
    """The position of the classification with this code, made where it is not there yet."""
    known = db.session.scalar(select(Position).where(Position.code == code))
    if known is None:
        known = Position(code=code, name=name)
        db.session.add(known)
        db.session.flush()
    return known


def position_called(name: str) -> Position:
    """The position of this name, made where there is none; its code is its name then."""
    known = db.session.scalars(select(Position).where(Position.name == name).order_by(Position.id).limit(1)).first()
    return known or position(name[:60], name)


def found_here(organisation_id: int, key: str, day: date) -> int | None:
    """The id of the one person who works there on `day` and has this personnel number or e-mail address."""
    key = key.strip()
    found = (
        select(Job.user_id)
        .join(User, User.id == Job.user_id)
        .distinct()
        .where(
            Job.organisation_id == organisation_id,
            covers(Job, day),
            or_(Job.number == key, User.email == key.lower()),
        )
    )
    ids = db.session.scalars(found.limit(2)).all()
    return ids[0] if len(ids) == 1 else None


def join(
    user: User, organisation: Organisation, *, from_on: date, by: User | None, now: datetime, place: Place | None = None
) -> Job:
    """Somebody works in an organisation from a day on (no `place`: in the organisation itself); again is harmless."""
    if place is None:
        for known in jobs_on(from_on, user.id, organisation.id):
            return known
        place = Place(unit_id=tree.root(organisation.id).id)
    for known in jobs_on(from_on, user.id, organisation.id):
        if known.unit_id == place.unit_id:
            return known
    return _begin(user.id, organisation.id, place, from_on=from_on, by=by, now=now)


def change(job: Job, place: Place, *, on: date, by: User | None, now: datetime) -> Job:
    """From the day `on` somebody works elsewhere, as something else or under somebody else: another job."""
    if place_of(job) == place:
        return job
    unit = db.session.get_one(Unit, place.unit_id)
    if unit.organisation_id != job.organisation_id:
        raise Refused(gettext("Choose a unit of the same organisation."), field="unit")
    if on < job.from_on:
        raise Refused(gettext("The job began after this day."), field="on")
    if job.until_on is not None and job.until_on < on:
        raise Refused(gettext("The job ended before this day."), field="on")
    last = job.until_on
    job.until_on = on - DAY
    return _begin(job.user_id, job.organisation_id, place, from_on=on, until_on=last, by=by, now=now)


def end(job: Job, *, until_on: date, by: User | None, now: datetime) -> None:
    """The last day, inclusive; the day before the first where it is taken back whole."""
    if job.until_on is not None and job.until_on <= until_on:
        return
    job.until_on = max(until_on, job.from_on - DAY)
    db.session.flush()
    _record("job_ended", job, by, now)


def end_all(user: User, *, by: User, now: datetime) -> None:
    """Yesterday was the last day of every job of theirs: the account is closed."""
    today = in_baku(now).date()
    for job in db.session.scalars(
        select(Job).where(Job.user_id == user.id, or_(Job.until_on.is_(None), Job.until_on >= today))
    ):
        end(job, until_on=today - DAY, by=by, now=now)


def place_of(job: Job) -> Place:
    return Place(unit_id=job.unit_id, position_id=job.position_id, manager_id=job.manager_id, number=job.number)


def _begin(
    user_id: int,
    organisation_id: int,
    place: Place,
    *,
    from_on: date,
    until_on: date | None = None,
    by: User | None,
    now: datetime,
) -> Job:
    if place.manager_id == user_id:
        raise Refused(gettext("Nobody is their own manager."), field="manager")
    job = Job(
        user_id=user_id,
        organisation_id=organisation_id,
        unit_id=place.unit_id,
        position_id=place.position_id,
        manager_id=place.manager_id,
        number=place.number,
        from_on=from_on,
        until_on=until_on,
    )
    db.session.add(job)
    db.session.flush()
    _record("job_begun", job, by, now)
    return job


def _record(act: str, job: Job, by: User | None, now: datetime) -> None:
    audit.record(
        act,
        actor_id=by.id if by else None,
        subject_type="user",
        subject_id=job.user_id,
        now=now,
        organisation=job.organisation_id,
    )
