"""An organisation asks its people to take courses: a requirement of one course, given by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from app.accounts.models import Organisation, User
from app.catalogue.models import Course
from app.clock import in_baku
from app.curricula import allocating, requirements
from app.curricula.models import DueDate, Obligation, Period, Requirement, Source
from app.curricula.requirements import Draft
from app.db import db, one_at_a_time
from app.errors import Refused
from app.learning.models import Enrolment
from app.notices.telling import tell
from app.organisations.models import Job
from app.organisations.tree import in_force

PAGE = 50
PREFIX = "course:"  # of the codes of requirements made here
EVER = 36_500  # days: whoever has finished the course has done what is asked


class Standing(StrEnum):
    """How somebody stands with an assigned course."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """A course asked of somebody by hand; `id` is that of the obligation."""

    id: int
    user_id: int
    course: Course
    organisation: Organisation
    due_on: date | None
    assigned_at: datetime


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """An assignment with what came of it."""

    assignment: Assignment
    enrolment: Enrolment | None
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of an organisation with what it assigned to them, and nothing else of them."""

    user: User
    assigned: list[Assigned]


def works_in(organisation_id: int, today: date) -> ColumnElement[bool]:
    """Of jobs: in force on `today`."""
    return (Job.organisation_id == organisation_id) & in_force(Job, today)


def people(
    organisation: Organisation, *, now: datetime, search: str = "", page: int | None = 1
) -> tuple[list[Person], int]:
    """One page of who works there today, by name (`page` None: everybody), and how many there are. Four queries."""
    today = in_baku(now).date()
    members = select(Job.user_id).where(works_in(organisation.id, today))
    wanted = select(User).where(User.id.in_(members), User.closed_at.is_(None))
    if search:
        wanted = wanted.where(User.name_folded.contains(search, autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    wanted = wanted.order_by(User.name_folded, User.id)
    if page is not None:
        wanted = wanted.limit(PAGE).offset((page - 1) * PAGE)
    users = db.session.scalars(wanted).all()
    asked = _open().where(Requirement.organisation_id == organisation.id, Obligation.user_id.in_([u.id for u in users]))
    by_user = _with_enrolments(_assignments(asked), today=today)
    return [Person(user=user, assigned=by_user.get(user.id, [])) for user in users], total


def assigned_to(user: User, *, now: datetime) -> list[Assigned]:
    """What anybody assigned to `user`, what is open and due first on top."""
    rows = _assignments(_open().where(Obligation.user_id == user.id))
    found = _with_enrolments(rows, today=in_baku(now).date()).get(user.id, [])
    return sorted(
        found,
        key=lambda one: (one.standing is Standing.DONE, one.assignment.due_on or date.max, one.assignment.assigned_at),
    )


def by_hand(organisation: Organisation, obligation_id: int) -> Obligation | None:
    """The obligation with this id, where the organisation asks for a course by hand."""
    query = _open().where(Obligation.id == obligation_id, Requirement.organisation_id == organisation.id)
    return db.session.scalar(query.with_only_columns(Obligation))


def _open() -> Any:
    return (
        select(Obligation.id, Obligation.user_id, Course, Organisation, DueDate.due_on, Source.assigned_at)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .join(Organisation, Organisation.id == Requirement.organisation_id)
        .join(Course, Requirement.code == PREFIX + Course.slug)
        .join(Source, Source.obligation_id == Obligation.id)
        .join(Period, (Period.obligation_id == Obligation.id) & (Period.number == 0))
        .outerjoin(DueDate, (DueDate.period_id == Period.id) & DueDate.until_on.is_(None))
        .where(Source.assigned_by.is_not(None), Source.until_on.is_(None), Requirement.archived_on.is_(None))
        .order_by(Source.assigned_at, Source.id)
    )


def _assignments(query: Any) -> list[Assignment]:
    return [
        Assignment(
            id=key, user_id=user_id, course=course, organisation=organisation, due_on=due_on, assigned_at=assigned_at
        )
        for key, user_id, course, organisation, due_on, assigned_at in db.session.execute(query)
    ]


def _with_enrolments(assignments: Sequence[Assignment], *, today: date) -> dict[int, list[Assigned]]:
    takings = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.user_id.in_({one.user_id for one in assignments}),
            Enrolment.course_id.in_({one.course.id for one in assignments}),
            Enrolment.left_at.is_(None),
        )
        .order_by(Enrolment.enrolled_at)
    )
    latest = {(taking.user_id, taking.course_id): taking for taking in takings}
    found: dict[int, list[Assigned]] = {}
    for one in assignments:
        enrolment = latest.get((one.user_id, one.course.id))
        found.setdefault(one.user_id, []).append(
            Assigned(assignment=one, enrolment=enrolment, standing=standing(one, enrolment, today=today))
        )
    return found


def standing(assignment: Assignment, enrolment: Enrolment | None, *, today: date) -> Standing:
    if enrolment is not None and enrolment.completed_at is not None:
        return Standing.DONE
    if assignment.due_on is not None and today > assignment.due_on:
        return Standing.OVERDUE
    return Standing.NOT_STARTED if enrolment is None else Standing.STARTED


def assign(
    organisation: Organisation, users: Sequence[User], course: Course, due_on: date | None, *, by: User, now: datetime
) -> int:
    """Ask these people to take `course`; who was asked already gets the new date. Return how many were newly asked.

    Raises Refused for a course that is not offered, a day gone by, and for people who do not work there today.
    """
    if not course.is_listed:
        raise Refused(_("This course is not offered at the moment."), field="course")
    requirement = _requirement(organisation, course, by=by, now=now)
    opened = allocating.give(requirement, users, due_on=due_on, by=by, now=now)
    for user in users:
        if user.id not in opened:
            continue
        tell(
            user.id,
            user.email if user.email_confirmed_at else None,
            user.language,
            "assigned",
            {
                "course": course.slug,
                "titles": course.titles,
                "organisation": organisation.name,
                "due_on": due_on.isoformat() if due_on else None,
            },
            key=f"assigned:source:{opened[user.id]}",
            now=now,
        )
    return len(opened)


def _requirement(organisation: Organisation, course: Course, *, by: User, now: datetime) -> Requirement:
    one_at_a_time(f"requirement {PREFIX}{course.slug}")
    code = PREFIX + course.slug
    known = select(Requirement).where(Requirement.organisation_id == organisation.id, Requirement.code == code)
    requirement = db.session.scalar(known)
    if requirement is None:
        titles = dict(course.titles) or {"az": course.slug}
        draft = Draft(titles=titles, parts=[{"need": "all", "courses": [course.slug]}], look_back_days=EVER)
        requirement = requirements.create(organisation, code, draft, by=by, now=now)
    return requirement


def withdraw(obligation: Obligation, *, by: User, now: datetime) -> None:
    """No longer asked for by hand; what was learnt stays."""
    allocating.take_back(obligation, by=by, now=now)
