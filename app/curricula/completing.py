"""Periods are begun and completed by enrolments: as soon as the worker looks, and every night for what was missed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, FunctionElement, Select, bindparam, exists, or_, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased

from app.catalogue.models import Course
from app.clock import in_baku
from app.curricula.models import DueDate, Obligation, Period, Requirement, RequirementCourse
from app.curricula.rules import Asked, Completion, Finish
from app.curricula.rules import complete as completion
from app.curricula.standing import asked_on
from app.curricula.versions import asked, by_requirement, in_force_on
from app.db import db, in_parts
from app.learning.models import Enrolment

Users = Collection[int] | Select[int]  # ids, or a SELECT of them


class DayBefore(FunctionElement[date]):
    """The day before a column's, in SQL: early enough for any moment of that day in Asia/Baku, told in UTC."""

    type = Date()
    inherit_cache = True


@compiles(DayBefore, "sqlite")
def _on_sqlite(element: DayBefore, compiler: Any, **how: Any) -> str:
    return f"date({compiler.process(element.clauses, **how)}, '-1 day')"


@compiles(DayBefore, "postgresql")
def _on_postgresql(element: DayBefore, compiler: Any, **how: Any) -> str:
    return f"({compiler.process(element.clauses, **how)} - 1)"


def is_due(since: datetime) -> bool:
    """Whether anybody of whom something is asked began or finished a course since."""
    return db.session.scalar(_learning(since).limit(1)) is not None


def complete_due(now: datetime, since: datetime) -> int:
    """Note what enrolments begun or finished since mean; return how many periods were completed. Again: nothing."""
    users = set(db.session.scalars(_learning(since)))
    if not users:
        return 0
    today = in_baku(now).date()
    begin(today, users=users)
    return complete(today, users=users)


def _learning(since: datetime) -> Select[int]:
    lately = or_(Enrolment.completed_at >= since, Enrolment.enrolled_at >= since)
    return select(Enrolment.user_id).where(lately, exists().where(Obligation.user_id == Enrolment.user_id)).distinct()


def begin(day: date, *, users: Users | None = None) -> int:
    """Note since when open periods are in progress: one of the courses in force is being taken, or was since."""
    versions = in_force_on(day)
    query = (
        _open(day, users, _counting([one.id for one in versions.values()]))
        .where(Period.begun_on.is_(None))
        .where(or_(Enrolment.completed_at.is_(None), _may_count()))
        .add_columns(Enrolment.enrolled_at, Enrolment.completed_at)
    )
    begun: dict[int, date] = {}
    for row in db.session.execute(query):
        version = versions[row.requirement_id]
        earliest = row.start_on if row.number else row.start_on - timedelta(days=version.look_back_days)
        if row.completed_at is not None and in_baku(row.completed_at).date() < earliest:
            continue
        # A version that asks for a course already begun begins the period on its own first day, not before.
        on = max(in_baku(row.enrolled_at).date(), row.start_on, version.from_on)
        begun[row.id] = min(on, begun.get(row.id, on))
    _set([{"row": period, "begun_on": on} for period, on in begun.items() if on <= day], ("begun_on",))
    return len(begun)


def complete(day: date, *, users: Users | None = None) -> int:
    """The same for every enrolment there is (of `users`); return how many periods were completed."""
    before = aliased(Period)
    query = (
        _open(day, users, _counting(None))
        .outerjoin(before, (before.obligation_id == Period.obligation_id) & (before.number == Period.number - 1))
        .where(Enrolment.completed_at.is_not(None))
        .where(_may_count())
        .add_columns(before.expires_on.label("renews"))
        .distinct()
    )
    candidates = db.session.execute(query).all()
    if not candidates:
        return 0
    versions = {one: asked(rows) for one, rows in by_requirement({row.requirement_id for row in candidates}).items()}
    taken = finishes(
        {row.user_id for row in candidates},
        {slug for rows in versions.values() for one in rows for slug in courses_of(one)},
    )
    held = _due_days([row.id for row in candidates if row.number == 0])
    rows = []
    for row in candidates:
        done = completion(
            [one for one in versions[row.requirement_id] if one.from_on <= day],
            [one for one in taken.get(row.user_id, ()) if one.on <= day],
            number=row.number,
            start_on=row.start_on,
            due_on=_held(held.get(row.id, ())),
            expires_on=row.renews,
        )
        if done is not None:
            rows.append(_row(row, done))
    _set(rows, ("begun_on", "version_id", "completed_on", "completed_by", "window_opens_on", "expires_on"))
    return len(rows)


def _row(period: Any, done: Completion) -> dict[str, Any]:
    return {
        "row": period.id,
        "begun_on": period.begun_on or max(period.start_on, done.on),
        "version_id": done.version_id,
        "completed_on": done.on,
        "completed_by": {"enrolments": list(done.enrolments)},
        "window_opens_on": done.validity.window_opens_on,
        "expires_on": done.validity.expires_on,
    }


def _may_count() -> ColumnElement[bool]:
    """Roughly, for the rules look closer: a renewal counts what was finished since its window opened."""
    return or_(Period.number == 0, Enrolment.completed_at >= DayBefore(Period.start_on))


def _counting(versions: Sequence[int] | None) -> Select[Any]:
    """(requirement, course) of what may count, by these versions or by any."""
    query: Any = select(RequirementCourse.requirement_id, RequirementCourse.course_id)
    return query.distinct() if versions is None else query.where(RequirementCourse.version_id.in_(versions))


def _open(day: date, users: Users | None, counting: Select[Any]) -> Select[Any]:
    """The periods not completed of who is asked on `day`, with the enrolments that may count for them."""
    counts = counting.subquery()
    query: Any = (
        select(
            Period.id,
            Period.number,
            Period.start_on,
            Period.begun_on,
            Obligation.user_id,
            Obligation.requirement_id,
        )
        .join(Obligation, Obligation.id == Period.obligation_id)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .join(counts, counts.c.requirement_id == Requirement.id)
        .join(
            Enrolment,
            (Enrolment.user_id == Obligation.user_id)
            & (Enrolment.course_id == counts.c.course_id)
            & Enrolment.left_at.is_(None),
        )
        .where(
            Period.completed_on.is_(None),
            Period.start_on <= day,
            or_(Requirement.archived_on.is_(None), Requirement.archived_on > day),
            asked_on(day),
        )
    )
    return query if users is None else query.where(Obligation.user_id.in_(users))


def courses_of(version: Asked) -> set[str]:
    """Every course that may count for it."""
    named = {course for part in version.parts for course in part["courses"]}
    named |= {course for others in version.equivalents.values() for course in others}
    return named | ({version.test_out} if version.test_out else set())


def finishes(users: Iterable[int], courses: Collection[str]) -> dict[int, list[Finish]]:
    """By user id, the finished takings of these courses."""
    found: dict[int, list[Finish]] = {}
    query: Any = (
        select(Enrolment.user_id, Course.slug, Enrolment.completed_at, Enrolment.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Course.slug.in_(courses), Enrolment.completed_at.is_not(None), Enrolment.left_at.is_(None))
    )
    for few in in_parts(list(users)):
        for user, slug, at, key in db.session.execute(query.where(Enrolment.user_id.in_(few))):
            finish = Finish(course=slug, at=at, on=in_baku(at).date(), enrolment_id=key)
            found.setdefault(user, []).append(finish)
    return found


def _due_days(periods: Sequence[int]) -> dict[int, list[Any]]:
    """By period id, the due days as they were held, the first ones first."""
    found: dict[int, list[Any]] = {}
    rows = select(DueDate.period_id, DueDate.due_on, DueDate.from_on, DueDate.until_on).order_by(DueDate.id)
    for few in in_parts(periods):
        for row in db.session.execute(rows.where(DueDate.period_id.in_(few))):
            found.setdefault(row.period_id, []).append(row)
    return found


def _held(rows: Sequence[Any]) -> Callable[[date], date | None]:
    """What was due on a day; before the first day it was held, what was held first."""

    def due_on(day: date) -> date | None:
        held = [one for one in rows if one.from_on <= day and (one.until_on is None or one.until_on >= day)]
        found: date | None = (held or rows)[0].due_on if rows else None
        return found

    return due_on


def _set(rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    if not rows:
        return
    table: Any = Period.__table__
    changed = update(table).where(table.c.id == bindparam("row"), table.c.completed_on.is_(None))
    db.session.connection().execute(changed.values({name: bindparam(name) for name in columns}), rows)
    for one in list(db.session.identity_map.values()):
        if isinstance(one, Period):
            db.session.expire(one)
