"""A requirement changes: what that does to whom, beforehand and then in fact."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.clock import DAY
from app.curricula import completing, due
from app.curricula.models import DueDate, Obligation, Period, Requirement, RequirementVersion, Source
from app.curricula.rules import (
    Asked,
    Status,
    Terms,
    Validity,
    changed_due,
    closing_day,
    complete,
    due_day,
    status,
)
from app.curricula.standing import asked_on, obligations_on
from app.curricula.versions import asked, by_requirement, in_force
from app.db import covers, db

if TYPE_CHECKING:
    from app.curricula.requirements import Draft

MOVED = ("extended", "realistic", "leave")  # given to one person: a change of the requirement takes none of it back


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a change does to one obligation in force: on the day from which the change holds, without and with it."""

    obligation_id: int
    user_id: int
    status_before: Status
    status_after: Status
    due_before: date | None
    due_after: date | None


@dataclass(frozen=True, kw_only=True)
class Affected:
    """`effects`: only of those for whom status or due day differ; `unchanged`: how many others are asked."""

    effects: Sequence[Effect]
    unchanged: int


def apply(day: date, requirements: Collection[int] | None = None) -> int:
    """Give the due days of versions that have begun by `day` to who was asked before; return how many moved.

    Each version once. `requirements`: ids; None: all.
    """
    fresh = select(RequirementVersion.requirement_id).where(
        RequirementVersion.applied_on.is_(None), RequirementVersion.from_on <= day
    )
    if requirements is not None:
        fresh = fresh.where(RequirementVersion.requirement_id.in_(requirements))
    moved = 0
    for versions in by_requirement(set(db.session.scalars(fresh))).values():
        began = [one for one in versions if one.from_on <= day]
        applied = [one for one in began if one.applied_on is not None]
        new = began[-1]
        if applied and (_says(applied[-1]) != _says(new)):
            moved += due.move(_moves(new.requirement, new, day), day)
        for one in began:
            one.applied_on = one.applied_on or day
    db.session.flush()
    return moved


def _says(version: RequirementVersion | Draft) -> tuple[object, ...]:
    """What due days are made of."""
    return dict(version.due), version.closes_after_days


def _moves(requirement: Requirement, new: RequirementVersion | Draft, day: date) -> list[due.Move]:
    """The due days of everybody asked on `day` who has not completed the first period, as `new` has them."""
    rows = db.session.execute(
        select(
            Obligation.user_id,
            Period.id,
            DueDate.due_on,
            DueDate.cause,
            select(func.min(Source.from_on))
            .where(Source.obligation_id == Obligation.id, covers(Source, day))
            .correlate(Obligation)
            .scalar_subquery(),
        )
        .join(Period, (Period.obligation_id == Obligation.id) & (Period.number == 0))
        .join(DueDate, (DueDate.period_id == Period.id) & DueDate.until_on.is_(None))
        .where(Obligation.requirement_id == requirement.id, Period.completed_on.is_(None), asked_on(day))
    ).all()
    since = {row[0]: row[4] for row in rows}
    counted = due.references(new.due, list(since), requirement.organisation_id, since, day)
    moves = []
    for user_id, period_id, due_on, cause, _since in rows:
        later = changed_due(due_day(new.due, counted.get(user_id)), day, new.minimum_days)
        kept = cause
        if cause in MOVED and due_on is not None and later is not None and later <= due_on:
            later = due_on
        else:
            kept = "changed"
        moves.append(
            due.Move(period_id=period_id, due_on=later, closes_on=closing_day(later, new.closes_after_days), cause=kept)
        )
    return moves


def fill(day: date) -> int:
    """Due days that count from something that has happened by now; return how many were set.

    The first sign-in, above all; never sooner than the minimum time.
    """
    moved = 0
    for versions in by_requirement().values():
        version = in_force(versions, day)
        if version is None or "after" not in version.due or version.due["from"] == "assigned":
            continue
        rows = db.session.execute(
            select(Obligation.user_id, Period.id)
            .join(Period, (Period.obligation_id == Obligation.id) & (Period.number == 0))
            .join(DueDate, (DueDate.period_id == Period.id) & DueDate.until_on.is_(None))
            .where(
                Obligation.requirement_id == version.requirement_id,
                Period.completed_on.is_(None),
                DueDate.due_on.is_(None),
                asked_on(day),
            )
        ).all()
        counted = due.references(version.due, [row[0] for row in rows], version.requirement.organisation_id, {}, day)
        moves = []
        for user_id, period_id in rows:
            if user_id in counted:
                later = changed_due(due_day(version.due, counted[user_id]), day, version.minimum_days)
                closes_on = closing_day(later, version.closes_after_days)
                moves.append(due.Move(period_id=period_id, due_on=later, closes_on=closes_on, cause="assigned"))
        moved += due.move(moves, day)
    return moved


def affected(requirement: Requirement, draft: Draft, *, from_on: date) -> Affected:
    """What `requirements.change` with the same arguments would do to everybody who is asked on `from_on`, as far as is
    known today; writes nothing."""
    versions = by_requirement([requirement.id])[requirement.id]
    former = versions[-1]
    moves = {}
    if _says(former) != _says(draft):
        moves = {one.period_id: one for one in _moves(requirement, draft, from_on)}
    rows = [
        row
        for row in db.session.execute(obligations_on(from_on).where(Obligation.requirement_id == requirement.id))
        if row.status != Status.ARCHIVED
    ]
    done = _newly_completed(rows, versions, draft, from_on)
    effects = []
    for row in rows:
        move = moves.get(row.period_id)
        due_after = move.due_on if move else row.due_on
        after = Status(row.status)
        if row.completed_on is None and after not in (Status.EXEMPT, Status.SUSPENDED):
            after = status(
                from_on,
                in_force=True,
                exempt=False,
                on_leave=False,
                valid=done.get(row.period_id),
                start_on=row.start_on,
                due_on=due_after,
                closes_on=move.closes_on if move else row.closes_on,
                begun_on=row.begun_on,
            )
        if after != row.status or due_after != row.due_on:
            effects.append(
                Effect(
                    obligation_id=row.obligation_id,
                    user_id=row.user_id,
                    status_before=Status(row.status),
                    status_after=after,
                    due_before=row.due_on,
                    due_after=due_after,
                )
            )
    return Affected(effects=effects, unchanged=len(rows) - len(effects))


def _newly_completed(
    rows: Sequence[Any], versions: Sequence[RequirementVersion], draft: Draft, from_on: date
) -> dict[int, Validity]:
    """By period id, the first periods that the draft would complete by what was learnt already."""
    latest = [one for one in asked(versions) if one.from_on < from_on]
    latest = [*latest[:-1], *(replace(one, until_on=from_on - DAY) for one in latest[-1:])]
    latest.append(
        Asked(
            version_id=0,
            from_on=from_on,
            until_on=None,
            parts=draft.parts,
            equivalents=draft.equivalents,
            test_out=draft.test_out,
            look_back_days=draft.look_back_days,
            terms=Terms(
                renewal=draft.renewal,
                validity_months=draft.validity_months,
                window_days=draft.window_days,
                minimum_validity_days=draft.minimum_validity_days,
            ),
        )
    )
    open_ones = [row for row in rows if row.completed_on is None]
    courses = {slug for one in latest for slug in completing.courses_of(one)}
    finishes = completing.finishes([row.user_id for row in open_ones], courses)
    found = {}
    for row in open_ones:
        done = complete(
            latest,
            finishes.get(row.user_id, []),
            number=0,
            start_on=row.start_on,
            due_on=_always(row.due_on),
            expires_on=None,
        )
        if done is not None:
            found[row.period_id] = done.validity
    return found


def _always(due_on: date | None) -> Callable[[date], date | None]:
    return lambda _day: due_on
