"""Renewals: a new period when the window opens, a new enrolment in a course that was completed before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.catalogue.models import Course
from app.clock import DAY, in_baku
from app.curricula.completing import Users, courses_of
from app.curricula.models import DueDate, Obligation, Period, Requirement
from app.curricula.rules import add_months
from app.curricula.standing import asked_on
from app.curricula.versions import asked, in_force_on
from app.db import db
from app.errors import Refused
from app.learning import enrolling
from app.learning.models import Enrolment


def open_windows(day: date, *, users: Users | None = None) -> int:
    """Make the next period of who (of `users`) is asked and whose window has opened by `day`; return how many.

    It is due on the last day on which the former is valid.
    """
    later = aliased(Period)
    query = (
        select(Period.obligation_id, Period.number, Period.window_opens_on, Period.expires_on)
        .join(Obligation, Obligation.id == Period.obligation_id)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .where(
            Period.window_opens_on <= day,
            ~select(later.id)
            .where(later.obligation_id == Period.obligation_id, later.number == Period.number + 1)
            .exists(),
            or_(Requirement.archived_on.is_(None), Requirement.archived_on > day),
            asked_on(day),
        )
    )
    if users is not None:
        query = query.where(Obligation.user_id.in_(users))
    opened = db.session.execute(query).all()
    if not opened:
        return 0
    periods: list[dict[str, Any]] = [
        {"obligation_id": row.obligation_id, "number": row.number + 1, "start_on": row.window_opens_on}
        for row in opened
    ]
    made = db.session.scalars(insert(Period).returning(Period.id, sort_by_parameter_order=True), periods).all()
    dues: list[dict[str, Any]] = [
        {"period_id": key, "due_on": row.expires_on - DAY, "from_on": day, "cause": "renewal"}
        for key, row in zip(made, opened, strict=True)
    ]
    db.session.execute(insert(DueDate).returning(DueDate.id), dues)
    return len(opened)


def may_take_again(user: User, course: Course, *, day: date) -> bool:
    """`user` has finished `course` and a period open on `day` can count only a new taking of it."""
    current = enrolling.open_enrolment(user, course)
    if current is None or current.completed_at is None:
        return False
    last = in_baku(current.completed_at).date()
    versions = in_force_on(day)
    open_ones = (
        select(Period.number, Period.start_on, Obligation.requirement_id)
        .join(Obligation, Obligation.id == Period.obligation_id)
        .where(Obligation.user_id == user.id, Period.completed_on.is_(None), Period.start_on <= day, asked_on(day))
    )
    for number, start_on, requirement_id in db.session.execute(open_ones):
        version = versions.get(requirement_id)
        if version is None:
            continue
        (what,) = asked([version])
        if course.slug not in courses_of(what):
            continue
        earliest = start_on if number else start_on - timedelta(days=version.look_back_days)
        months = version.validity_months
        if last < earliest or (last < start_on and months is not None and add_months(last, months) <= start_on):
            return True
    return False


def take_again(user: User, course: Course, *, now: datetime) -> Enrolment:
    """Begin a course anew that is finished; what was done and its certificate stay with the former enrolment.

    Harmless while the new taking is open: returns it. Raises Refused when no renewal asks for it.
    """
    current = enrolling.open_enrolment(user, course)
    if current is not None and current.completed_at is None:
        return current
    if not may_take_again(user, course, day=in_baku(now).date()):
        raise Refused(_("Nothing asks you to take this course again."))
    return enrolling.enrol_again(user, course, now=now)
