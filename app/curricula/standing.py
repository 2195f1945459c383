"""How obligations stand on a day, in SQL: the same as `rules.status`, for pages that count and filter many rows."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import aliased

from app.clock import end_of
from app.curricula.models import DueDate, Exemption, Obligation, Period, Requirement, Source
from app.curricula.rules import Status
from app.db import covers
from app.organisations.models import Leave


@lru_cache(maxsize=64)  # putting it together takes 8 ms, longer than many an answer; a SELECT is never changed
def obligations_on(day: date) -> Select[Any]:
    """One row for each obligation known by the end of `day`, in force or not; `.subquery()` to filter by columns.

    Columns: obligation_id, user_id, requirement_id, organisation_id, status (a `rules.Status` value), period_id (the
    one that was to be taken then), number, start_on, begun_on, due_on, closes_on, due_cause ("extended": an extension
    moved it), completed_period_id, completed_on, window_opens_on, expires_on (of the newest completed by then).
    Narrow it with `.where(Obligation.user_id …)` or `Requirement…` where possible: that is quicker than afterwards.
    """
    taken, done, later = aliased(Period), aliased(Period), aliased(Period)
    begun, completed = later.start_on <= day, later.completed_on <= day
    known = select(Source.id).where(Source.obligation_id == Obligation.id, Source.assigned_at < end_of(day))
    query: Any = (
        select(
            Obligation.id.label("obligation_id"),
            Obligation.user_id,
            Obligation.requirement_id,
            Requirement.organisation_id,
            _status(day, taken, done).label("status"),
            taken.id.label("period_id"),
            taken.number,
            taken.start_on,
            taken.begun_on,
            DueDate.due_on,
            DueDate.closes_on,
            DueDate.cause.label("due_cause"),
            done.id.label("completed_period_id"),
            done.completed_on,
            done.window_opens_on,
            done.expires_on,
        )
        .select_from(Obligation)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .join(
            taken,
            and_(
                taken.obligation_id == Obligation.id,
                or_(taken.start_on <= day, taken.number == 0),
                ~_is_followed(taken, begun, later),
            ),
        )
        .outerjoin(
            done,
            and_(
                done.obligation_id == Obligation.id,
                done.completed_on <= day,
                ~_is_followed(done, completed, later),
            ),
        )
        .outerjoin(DueDate, and_(DueDate.period_id == taken.id, covers(DueDate, day)))
        .where(known.exists())
    )
    found: Select[Any] = query
    return found


def asked_on(day: date) -> ColumnElement[bool]:
    """A source of the obligation holds on `day`."""
    return select(Source.id).where(Source.obligation_id == Obligation.id, covers(Source, day)).exists()


def exempt_on(day: date) -> ColumnElement[bool]:
    return select(Exemption.id).where(Exemption.obligation_id == Obligation.id, covers(Exemption, day)).exists()


def away_on(day: date, user_id: Any, organisation_id: Any) -> ColumnElement[bool]:
    away = select(Leave.id).where(
        Leave.user_id == user_id,
        Leave.organisation_id == organisation_id,
        Leave.withdrawn_at.is_(None),
        covers(Leave, day),
    )
    return away.exists()


def _is_followed(period: Any, by: ColumnElement[bool], later: Any) -> ColumnElement[bool]:
    """As a join of its own, not a subquery for each row: for thousands of rows that is half of the time."""
    return (
        select(later.id)
        .where(later.obligation_id == period.obligation_id, later.number > period.number, by)
        .correlate(period)
        .exists()
    )


def _status(day: date, taken: Any, done: Any) -> ColumnElement[str]:
    """`rules.status`, line by line. A first period that is still to start is in force as soon as it is known."""
    to_come = select(Source.id).where(
        Source.obligation_id == Obligation.id,
        or_(Source.until_on.is_(None), Source.until_on >= day),
        or_(Source.from_on <= day, taken.start_on > day),
    )
    return case(
        (or_(Requirement.archived_on <= day, ~to_come.exists()), Status.ARCHIVED),
        (exempt_on(day), Status.EXEMPT),
        (away_on(day, Obligation.user_id, Requirement.organisation_id), Status.SUSPENDED),
        (and_(done.id.is_not(None), done.expires_on.is_(None)), Status.VALID),
        (done.window_opens_on > day, Status.VALID),
        (done.expires_on > day, Status.WINDOW_OPEN),
        (done.id.is_not(None), Status.EXPIRED),
        (taken.start_on > day, Status.FUTURE),
        (DueDate.closes_on < day, Status.FAILED),
        (DueDate.due_on < day, Status.OVERDUE),
        (taken.begun_on <= day, Status.IN_PROGRESS),
        else_=Status.PENDING,
    )
