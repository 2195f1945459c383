"""Obligations begin: rows for many people at once. Whether they may be asked was decided before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from app.curricula import sizes
from app.curricula.due import Move, move
from app.curricula.models import DueDate, Obligation, Period, RequirementVersion, Source
from app.curricula.rules import closing_day
from app.curricula.standing import asked_on
from app.db import db, in_parts


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One person is to be asked by an audience or by hand, from today."""

    user_id: int
    due_on: date | None
    cause: str = "assigned"  # of the due day
    audience_id: int | None = None
    assigned_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """The obligation somebody has already; `in_force`: a source holds; `is_open`: period 0 is not completed."""

    obligation_id: int
    period_id: int
    in_force: bool
    is_open: bool


def known(requirement_id: int, users: Sequence[int], day: date) -> dict[int, Known]:
    """By user id, who is or was asked."""
    found = {}
    query = (
        select(Obligation.user_id, Obligation.id, Period.id, Period.completed_on, asked_on(day).label("asked"))
        .join(Period, (Period.obligation_id == Obligation.id) & (Period.number == 0))
        .where(Obligation.requirement_id == requirement_id)
    )
    for few in in_parts(users):
        for user_id, obligation_id, period_id, completed_on, asked in db.session.execute(
            query.where(Obligation.user_id.in_(few))
        ):
            found[user_id] = Known(
                obligation_id=obligation_id,
                period_id=period_id,
                in_force=bool(asked),
                is_open=completed_on is None,
            )
    return found


def ask(
    version: RequirementVersion, asks: Sequence[Ask], before: Mapping[int, Known], day: date, now: datetime
) -> dict[int, int]:
    """Open the sources, from `day`, and what they need; `before` is `known` of these people. One ask for a person.

    Who was asked before and is not any more gets a new due day; who still is keeps the one there is. Returns the ids of
    the new sources by user. What they learnt before may be all that is asked: `settling.settle` afterwards.
    """
    fresh = [one for one in asks if one.user_id not in before]
    obligations = {user: one.obligation_id for user, one in before.items()}
    made = _insert(Obligation, [{"user_id": one.user_id, "requirement_id": version.requirement_id} for one in fresh])
    obligations |= {one.user_id: key for one, key in zip(fresh, made, strict=True)}
    rows = [{"obligation_id": obligations[one.user_id], "number": 0, "start_on": day} for one in fresh]
    periods = {one.user_id: key for one, key in zip(fresh, _insert(Period, rows), strict=True)}
    _insert(
        DueDate,
        [
            {
                "period_id": periods[one.user_id],
                "due_on": one.due_on,
                "closes_on": closing_day(one.due_on, version.closes_after_days),
                "from_on": day,
                "cause": one.cause,
            }
            for one in fresh
        ],
    )
    back = [(one, before[one.user_id]) for one in asks if one.user_id in before]
    move(
        [
            Move(
                period_id=was.period_id,
                due_on=one.due_on,
                closes_on=closing_day(one.due_on, version.closes_after_days),
                cause=one.cause,
            )
            for one, was in back
            if was.is_open and not was.in_force
        ],
        day,
    )
    sources = _insert(
        Source,
        [
            {
                "obligation_id": obligations[one.user_id],
                "audience_id": one.audience_id,
                "assigned_by": one.assigned_by,
                "assigned_at": now,
                "from_on": day,
            }
            for one in asks
        ],
    )
    return {one.user_id: key for one, key in zip(asks, sources, strict=True)}


def _insert(table: Any, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    made = list(db.session.scalars(insert(table).returning(table.id, sort_by_parameter_order=True), rows))
    sizes.tell(table.__tablename__, len(rows))
    return made
