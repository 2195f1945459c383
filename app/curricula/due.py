"""Due days as they were held: what the rule counts from, and rows that are closed and opened, never overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from app.accounts.models import User
from app.catalogue.models import Course
from app.clock import DAY, in_baku
from app.curricula.models import DueDate
from app.curricula.rules import counts_from
from app.db import covers, db, in_parts
from app.learning.models import Enrolment
from app.organisations.models import Job


@dataclass(frozen=True, kw_only=True)
class Move:
    """The due day a period has from a day on, and why."""

    period_id: int
    due_on: date | None
    closes_on: date | None
    cause: str


def move(moves: Sequence[Move], day: date) -> int:
    """Let these due days hold from `day`; return how many differ from what held. What held before `day` stays."""
    held: dict[int, Any] = {}
    for few in in_parts([one.period_id for one in moves]):
        rows = select(DueDate.__table__).where(DueDate.period_id.in_(few), DueDate.until_on.is_(None))
        held |= {row.period_id: row for row in db.session.execute(rows)}
    same, closed, opened = [], [], []
    for one in moves:
        row = held.get(one.period_id)
        if row is not None and (row.due_on, row.closes_on) == (one.due_on, one.closes_on):
            continue
        new = {"due_on": one.due_on, "closes_on": one.closes_on, "cause": one.cause}
        if row is not None and row.from_on >= day:  # no earlier day was told of it
            same.append({"row": row.id, **new})
            continue
        if row is not None:
            closed.append({"row": row.id, "last": day - DAY})
        opened.append({"period_id": one.period_id, "from_on": day, "until_on": None, **new})
    table: Any = DueDate.__table__
    if closed:
        changed = update(table).where(table.c.id == bindparam("row")).values(until_on=bindparam("last"))
        db.session.connection().execute(changed, closed)
    if same:
        names: Any = {name: bindparam(name) for name in ("due_on", "closes_on", "cause")}
        db.session.connection().execute(update(table).where(table.c.id == bindparam("row")).values(names), same)
    if opened:
        db.session.execute(insert(DueDate).returning(DueDate.id), opened)
    return len(opened) + len(same)


def references(
    rule: Mapping[str, Any], users: Collection[int], organisation_id: int, asked_on: Mapping[int, date], day: date
) -> Mapping[int, date]:
    """By user id, the day from which `rule` counts; without those for whom it is not known on `day`.

    `asked_on`: since when each is asked. "job": the first day of the oldest of the jobs held on `day`.
    """
    match counts_from(rule):
        case "assigned":
            return asked_on
        case "job":
            query = (
                select(Job.user_id, func.min(Job.from_on))
                .where(Job.organisation_id == organisation_id, covers(Job, day))
                .group_by(Job.user_id)
            )
            return {user: first for few in in_parts(users) for user, first in _pairs(query.where(Job.user_id.in_(few)))}
        case "sign_in":
            signed = select(User.id, User.first_signed_in_at).where(User.first_signed_in_at.is_not(None))
            moments = [pair for few in in_parts(users) for pair in _pairs(signed.where(User.id.in_(few)))]
        case "course":
            done = (
                select(Enrolment.user_id, func.min(Enrolment.completed_at))
                .join(Course, Course.id == Enrolment.course_id)
                .where(Course.slug == rule["course"], Enrolment.completed_at.is_not(None), Enrolment.left_at.is_(None))
                .group_by(Enrolment.user_id)
            )
            moments = [pair for few in in_parts(users) for pair in _pairs(done.where(Enrolment.user_id.in_(few)))]
        case _:
            return {}
    days = {user: in_baku(moment).date() for user, moment in moments}
    return {user: on for user, on in days.items() if on <= day}


def _pairs(query: Any) -> list[tuple[int, Any]]:
    return [(row[0], row[1]) for row in db.session.execute(query)]
