"""What managers do for their people: remind them, answer who asks for more time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from app import audit
from app.accounts.models import User
from app.clock import in_baku
from app.curricula.models import Decision, DueDate, DueExtension, Obligation, Period, Requirement
from app.curricula.standing import obligations_on
from app.db import covers, db, one_at_a_time
from app.insights.listing import Line, is_urgent, line, urgent_lines
from app.insights.viewing import Narrowing, View, versions_on
from app.notices.confirming import Params
from app.notices.models import Notice
from app.notices.telling import tell

MOST_NAMED = 10  # obligations in one reminder
MOST_WAITING = 100


@dataclass(frozen=True, kw_only=True)
class Reminded:
    """How many people were told, had been told today already, and have nothing to be reminded of."""

    told: int
    told_before: int
    nothing: int


def remind(view: View, users: Sequence[User], *, by: User, now: datetime) -> Reminded:
    """One notice to each, of what is late or due soon, naming who reminds; nobody is reminded twice a day.

    `users` not seen in `view` are left out.
    """
    one_at_a_time("reminders")
    day = in_baku(now).date()
    seen = set(db.session.scalars(view.people()))
    users = [user for user in users if user.id in seen]
    urgent = urgent_lines(view, Narrowing(), [user.id for user in users])
    keys = {user.id: f"reminded:{user.id}:{day.isoformat()}" for user in users}
    known = set(
        db.session.scalars(select(Notice.idempotency_key).where(Notice.idempotency_key.in_(list(keys.values()))))
    )
    titles = {
        number: dict(one.titles) for number, one in versions_on(day, organisation_id=view.organisation.id).items()
    }
    told = told_before = nothing = 0
    for user in users:
        if keys[user.id] in known:
            told_before += 1
        elif user.id not in urgent:
            nothing += 1
        else:
            told += 1
            _tell(view, user, urgent[user.id], titles, key=keys[user.id], by=by, now=now)
    return Reminded(told=told, told_before=told_before, nothing=nothing)


def _tell(
    view: View,
    user: User,
    lines: Sequence[Line],
    titles: dict[int, dict[str, Any]],
    *,
    key: str,
    by: User,
    now: datetime,
) -> None:
    asked = [
        {
            "obligation": one.obligation_id,
            "titles": titles.get(one.requirement_id, {}),
            **_stands(one),
        }
        for one in lines[:MOST_NAMED]
    ]
    params = {"by": by.name, "organisation": view.organisation.name, "asked": asked, "more": len(lines) - len(asked)}
    address = user.address
    tell(user.id, address, user.language, "reminded", params, key=key, now=now)
    audit.record(
        "reminded",
        actor_id=by.id,
        now=now,
        subject_type="user",
        subject_id=user.id,
        organisation=view.organisation.id,
    )


def reminded_now(recipient: int, params: Params, now: datetime) -> Params | None:
    """A reminder that waited for working hours, of what is still late or due soon; None: nothing of it is."""
    day = in_baku(now).date()
    if any("obligation" not in one for one in params["asked"]):  # told before it was kept
        return params
    numbers = [one["obligation"] for one in params["asked"]]
    query = obligations_on(day).where(Obligation.user_id == recipient, Obligation.id.in_(numbers))
    rows = {row.obligation_id: line(day, row) for row in db.session.execute(query)}
    urgent = {number: one for number, one in rows.items() if is_urgent(one)}
    asked = [{**one, **_stands(urgent[one["obligation"]])} for one in params["asked"] if one["obligation"] in urgent]
    return {**params, "asked": asked} if asked else None


def _stands(one: Line) -> dict[str, Any]:
    return {"status": one.status.value, "on": one.until.isoformat() if one.until else None}


LOOKS = {"reminded": reminded_now}


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A request for more time, with whose it is, what it is about and by when that is due now."""

    extension: DueExtension
    person: User
    obligation_id: int
    requirement_id: int
    due_on: Any


def _extensions(view: View) -> Select[DueExtension, User, int, int, date | None]:
    return (
        select(DueExtension, User, Obligation.id.label("obligation_id"), Obligation.requirement_id, DueDate.due_on)
        .join(Period, Period.id == DueExtension.period_id)
        .join(Obligation, Obligation.id == Period.obligation_id)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .join(User, User.id == Obligation.user_id)
        .outerjoin(DueDate, (DueDate.period_id == Period.id) & covers(DueDate, view.day))
        .where(
            Requirement.organisation_id == view.organisation.id,
            Obligation.user_id.in_(view.people()),
            Obligation.user_id != view.user.id,  # nobody answers themselves
        )
    )


def waiting(view: View) -> list[Waiting]:
    """The requests of who is seen that wait for an answer, the oldest first; no more than fit a page."""
    query = _extensions(view).where(DueExtension.decision == Decision.WAITING)
    rows = db.session.execute(query.order_by(DueExtension.asked_at, DueExtension.id).limit(MOST_WAITING))
    return [
        Waiting(
            extension=row.DueExtension,
            person=row.User,
            obligation_id=row.obligation_id,
            requirement_id=row.requirement_id,
            due_on=row.due_on,
        )
        for row in rows
    ]


def waiting_count(view: View) -> int:
    query = _extensions(view).where(DueExtension.decision == Decision.WAITING)
    return db.session.scalar(query.with_only_columns(func.count())) or 0


def extension(view: View, extension_id: int) -> DueExtension | None:
    """Also one that was answered; None where it is of nobody who is seen."""
    query = _extensions(view).where(DueExtension.id == extension_id)
    return db.session.scalar(query.with_only_columns(DueExtension))
