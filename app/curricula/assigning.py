"""An organisation asks its people to take courses: a requirement of one course, given by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.catalogue.models import Course
from app.curricula import allocating, requirements
from app.curricula.models import Requirement
from app.curricula.requirements import Draft
from app.db import db, one_at_a_time
from app.errors import Refused
from app.notices.telling import tell

PREFIX = "course:"  # of the codes of requirements made here
EVER = 36_500  # days: whoever has finished the course has done what is asked


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
            user.address,
            user.language,
            "assigned",
            {
                "course": course.slug,
                "titles": course.titles,
                "organisation": organisation.name,
                "due_on": due_on.isoformat() if due_on else None,
                "source": opened[user.id],
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
