"""An organisation, courses and audiences for tests of what is asked of whom; days are days in Asia/Baku."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from app.accounts import registering
from app.accounts.models import Organisation, User
from app.audiences.models import Audience, AudienceMember
from app.catalogue.models import Course, CourseVersion
from app.clock import BAKU
from app.curricula import requirements
from app.curricula.models import Obligation, Period, Requirement
from app.curricula.requirements import Draft
from app.curricula.standing import obligations_on
from app.db import db
from app.learning.models import Enrolment
from app.organisations import working

DAY = timedelta(days=1)
_numbers = count(1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BAKU)


def agency(day: date) -> Organisation:
    return working.create(f"Nazirlik {next(_numbers)}", by=None, now=noon(day))


def employee(of: Organisation, day: date, name: str = "Rəna Vəliyeva") -> User:
    """Somebody who works there from `day` on."""
    user = registering.new_user(name, email=f"civil{next(_numbers)}@example.com", language="az", now=noon(day))
    db.session.flush()
    working.join(user, of, from_on=day, by=None, now=noon(day))
    return user


def course(slug: str) -> Course:
    """A course without files: enough for whoever only asks whether it is finished."""
    known = db.session.scalar(select(Course).where(Course.slug == slug))
    if known is not None:
        return known
    now = noon(date(2020, 1, 1))
    made = Course(slug=slug, titles={"az": slug}, created_at=now)
    db.session.add(made)
    db.session.flush()
    version = CourseVersion(course_id=made.id, digest=slug.ljust(64, "0"), created_at=now, published_at=now)
    db.session.add(version)
    db.session.flush()
    made.published_id = version.id
    return made


def take(user: User, slug: str, began: date, finished: date | None = None) -> Enrolment:
    """A taking of the course, at noon."""
    what = course(slug)
    taking = Enrolment(
        user_id=user.id,
        course_id=what.id,
        version_id=what.published_id,
        enrolled_at=noon(began),
        completed_at=noon(finished) if finished else None,
    )
    db.session.add(taking)
    db.session.flush()
    return taking


def audience(of: Organisation, day: date) -> Audience:
    made = Audience(organisation_id=of.id, name=f"Qrup {next(_numbers)}", created_at=noon(day))
    db.session.add(made)
    db.session.flush()
    return made


def put(into: Audience, users: Collection[User], day: date) -> None:
    """Exactly these are in the audience from `day` on."""
    held = {
        row.user_id: row
        for row in db.session.scalars(
            select(AudienceMember).where(AudienceMember.audience_id == into.id, AudienceMember.until_on.is_(None))
        )
    }
    wanted = {user.id for user in users}
    for user_id in held.keys() - wanted:
        held[user_id].until_on = day - DAY
    db.session.add_all(
        AudienceMember(audience_id=into.id, user_id=user_id, from_on=day) for user_id in wanted - held.keys()
    )
    db.session.flush()


def asks(*slugs: str, **said: Any) -> Draft:
    """A draft that asks for all of these courses."""
    parts: list[Mapping[str, Any]] = [{"need": "all", "courses": list(slugs)}]
    return Draft(titles=said.pop("titles", {"az": "Tələb"}), parts=said.pop("parts", parts), **said)


def requirement(of: Organisation, day: date, *slugs: str, **said: Any) -> Requirement:
    for slug in slugs:
        course(slug)
    return requirements.create(of, f"T-{next(_numbers)}", asks(*slugs, **said), by=None, now=noon(day))


def stands(user: User, on: date, requirement: Requirement | None = None) -> Any:
    """The row of `standing.obligations_on`; None where there is none."""
    query = obligations_on(on).where(Obligation.user_id == user.id)
    if requirement is not None:
        query = query.where(Obligation.requirement_id == requirement.id)
    return db.session.execute(query).one_or_none()


def periods(user: User) -> list[Period]:
    query = select(Period).join(Obligation).where(Obligation.user_id == user.id).order_by(Period.number)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
