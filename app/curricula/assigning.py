"""An organisation asks its people to take courses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.models import Organisation, User
from app.catalogue.models import Course
from app.clock import in_baku
from app.curricula.models import Assignment
from app.db import db
from app.errors import Refused
from app.learning.models import Enrolment
from app.notices.telling import tell
from app.organisations import teams

PAGE = 50


class Standing(StrEnum):
    """How somebody stands with an assigned course."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    OVERDUE = "overdue"
    DONE = "done"


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


def people(
    organisation: Organisation, *, now: datetime, search: str = "", page: int | None = 1
) -> tuple[list[Person], int]:
    """One page of who works there today, by name (`page` None: everybody), and how many there are. Three queries."""
    today = in_baku(now).date()
    members = teams.staff_on(organisation.id, today)
    wanted = select(User).where(User.id.in_(members), User.closed_at.is_(None))
    if search:
        wanted = wanted.where(User.name_folded.contains(search, autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    wanted = wanted.order_by(User.name_folded, User.id)
    if page is not None:
        wanted = wanted.limit(PAGE).offset((page - 1) * PAGE)
    users = db.session.scalars(wanted).all()
    by_user = _assigned_by_user(organisation, [user.id for user in users], today=today)
    return [Person(user=user, assigned=by_user.get(user.id, [])) for user in users], total


def _assigned_by_user(organisation: Organisation, users: Sequence[int], *, today: date) -> dict[int, list[Assigned]]:
    open_ones = db.session.scalars(
        select(Assignment)
        .where(
            Assignment.organisation_id == organisation.id,
            Assignment.user_id.in_(users),
            Assignment.withdrawn_at.is_(None),
        )
        .options(joinedload(Assignment.course))
        .order_by(Assignment.assigned_at, Assignment.id)
    ).all()
    return _with_enrolments(open_ones, today=today)


def _with_enrolments(assignments: Sequence[Assignment], *, today: date) -> dict[int, list[Assigned]]:
    takings = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.user_id.in_({one.user_id for one in assignments}),
            Enrolment.course_id.in_({one.course_id for one in assignments}),
            Enrolment.left_at.is_(None),
        )
        .order_by(Enrolment.enrolled_at)
    )
    latest = {(taking.user_id, taking.course_id): taking for taking in takings}
    found: dict[int, list[Assigned]] = {}
    for one in assignments:
        enrolment = latest.get((one.user_id, one.course_id))
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


def assigned_to(user: User, *, now: datetime) -> list[Assigned]:
    """What anybody assigned to `user`, what is open and due first on top."""
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.user_id == user.id, Assignment.withdrawn_at.is_(None))
        .options(joinedload(Assignment.course), joinedload(Assignment.organisation))
    ).all()
    found = _with_enrolments(rows, today=in_baku(now).date()).get(user.id, [])
    return sorted(
        found,
        key=lambda one: (one.standing is Standing.DONE, one.assignment.due_on or date.max, one.assignment.assigned_at),
    )


def assign(
    organisation: Organisation, users: Sequence[User], course: Course, due_on: date | None, *, by: User, now: datetime
) -> int:
    """Ask these people to take `course`; who was asked already gets the new date. Return how many were newly asked.

    Raises Refused for a course that is not offered, a day gone by, and for people who do not work there today.
    """
    today = in_baku(now).date()
    if not course.is_listed:
        raise Refused(_("This course is not offered at the moment."), field="course")
    if due_on is not None and due_on < today:
        raise Refused(_("Give a day that is still to come."), field="due_on")
    members = set(db.session.scalars(teams.staff_on(organisation.id, today)))
    if any(user.id not in members for user in users):  # unnamed: a manager may not learn who has which number
        raise Refused(_("Somebody chosen does not work in this organisation."))
    known = {
        row.user_id: row
        for row in db.session.scalars(
            select(Assignment).where(
                Assignment.organisation_id == organisation.id,
                Assignment.course_id == course.id,
                Assignment.withdrawn_at.is_(None),
                Assignment.user_id.in_([user.id for user in users]),
            )
        )
    }
    new = [user for user in users if user.id not in known]
    for row in known.values():
        row.due_on = due_on
    for user in new:
        assignment = Assignment(
            user=user, course=course, organisation=organisation, due_on=due_on, assigned_by=by.id, assigned_at=now
        )
        db.session.add(assignment)
        db.session.flush()
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
            key=f"assigned:{assignment.id}",
            now=now,
        )
        audit.record(
            "course_assigned", actor_id=by.id, now=now, subject_type="user", subject_id=user.id, course=course.slug
        )
    return len(new)


def withdraw(assignment: Assignment, *, by: User, now: datetime) -> None:
    """No longer asked for; what was learnt stays."""
    if assignment.withdrawn_at is None:
        assignment.withdrawn_at = now
        audit.record(
            "assignment_withdrawn", actor_id=by.id, now=now, subject_type="assignment", subject_id=assignment.id
        )
