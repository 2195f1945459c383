"""What moves or ends an obligation of one person: more time, exemption, leave. Who, why, until when; they are told.

Who may do it is the caller's to ask (the manager of the person, the training officer of the organisation); nobody
decides for themselves.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.accounts.models import User
from app.clock import DAY, in_baku
from app.curricula import answering, due
from app.curricula.models import (
    Decision,
    DueDate,
    DueExtension,
    Exemption,
    Obligation,
    Period,
    Requirement,
)
from app.curricula.rules import Status, closing_day
from app.curricula.standing import obligations_on
from app.curricula.versions import in_force_on
from app.db import db, hold
from app.errors import Refused
from app.organisations.models import Leave

KINDS = ("qualified", "medical", "retiring", "other")
MAY_ASK = (Status.PENDING, Status.IN_PROGRESS, Status.OVERDUE)


def ask_for_time(period: Period, wanted_on: date, reason: str, *, by: User, now: datetime) -> DueExtension:
    """The learner asks for a later due day. Raises Refused: completed, expired, failed, no due day, one waits already,
    a day not later than the due one."""
    hold(period)
    reason = said(reason)
    _later_day(period, wanted_on, in_baku(now).date())
    waits = select(DueExtension.id).where(
        DueExtension.period_id == period.id, DueExtension.decision == Decision.WAITING
    )
    if db.session.scalar(waits) is not None:
        raise Refused(_("You have asked for more time already; it is not decided yet."))
    extension = DueExtension(period=period, asked_by=by.id, asked_at=now, wanted_on=wanted_on, reason=reason)
    db.session.add(extension)
    db.session.flush()
    _note("extension_asked", period.obligation, by, now, until=wanted_on.isoformat())
    return extension


def grant_time(extension: DueExtension, granted_on: date, answer: str = "", *, by: User, now: datetime) -> None:
    """The due day moves, from today. Raises Refused when it was decided, for a day gone by, and for one's own."""
    today = in_baku(now).date()
    period = extension.period
    _undecided(extension, period, by)
    _later_day(period, granted_on, today)
    extension.granted_on = granted_on
    _decide(extension, Decision.GRANTED, answer.strip()[:500], by, now)
    version = in_force_on(today, [period.obligation.requirement_id])[period.obligation.requirement_id]
    closes_on = None if period.number else closing_day(granted_on, version.closes_after_days)
    due.move([due.Move(period_id=period.id, due_on=granted_on, closes_on=closes_on, cause="extended")], today)
    _note("extension_granted", period.obligation, by, now, until=granted_on.isoformat())


def refuse_time(extension: DueExtension, answer: str, *, by: User, now: datetime) -> None:
    """Raises Refused when it was decided already, or without an answer."""
    _undecided(extension, extension.period, by)
    _decide(extension, Decision.REFUSED, said(answer), by, now)
    _note("extension_refused", extension.period.obligation, by, now)


def give_time(period: Period, until: date, reason: str, *, by: User, now: datetime) -> DueExtension:
    """More time unasked: asked and granted at once. Raises Refused as `ask_for_time` does, and for one's own."""
    if period.obligation.user_id == by.id:
        raise Refused(_("You cannot decide about yourself."))
    extension = ask_for_time(period, until, reason, by=by, now=now)
    grant_time(extension, until, by=by, now=now)
    return extension


def _later_day(period: Period, wanted_on: date, today: date) -> None:
    """Raises Refused unless the period is the one to be taken today, may be late, and `wanted_on` gives more time."""
    query = obligations_on(today).where(Obligation.id == period.obligation_id)
    row = db.session.execute(query).one_or_none()
    if row is None or row.period_id != period.id or row.status not in MAY_ASK:
        raise Refused(_("There is nothing to ask more time for."))
    if row.due_on is None:
        raise Refused(_("There is no day by which it is due."))
    if wanted_on <= max(row.due_on, today):
        raise Refused(_("Choose a day later than the one it is due."), field="wanted_on")


def exempt(
    obligation: Obligation,
    *,
    kind: str,
    reason: str,
    from_on: date,
    until_on: date | None,
    document: str | None = None,
    document_name: str = "",
    by: User,
    now: datetime,
) -> Exemption:
    """Somebody need not, from a day until a day. `kind`: qualified, medical, retiring, other; `document`: a blob.

    Raises Refused for days in the wrong order, no reason, one's own obligation.
    """
    if obligation.user_id == by.id:
        raise Refused(_("You cannot decide about yourself."))
    if kind not in KINDS:
        raise Refused(_("Choose a kind of reason."), field="kind")
    if until_on is not None and until_on < from_on:
        raise Refused(_("The last day is before the first."), field="until_on")
    exemption = Exemption(
        obligation=obligation,
        kind=kind,
        reason=said(reason),
        document=document,
        document_name=document_name,
        from_on=from_on,
        until_on=until_on,
        decided_by=by.id,
        decided_at=now,
    )
    db.session.add(exemption)
    db.session.flush()
    until = until_on.isoformat() if until_on else None
    _note("exempted", obligation, by, now, kind=kind, from_on=from_on.isoformat(), until=until)
    answering.exempted(exemption, now=now)
    return exemption


def end_exemption(exemption: Exemption, *, by: User, now: datetime) -> None:
    """Asked again from today; the days before stay exempt."""
    hold(exemption)
    last = in_baku(now).date() - DAY
    if exemption.until_on is None or exemption.until_on > last:
        exemption.until_on = last
        db.session.flush()
        _note("exemption_ended", exemption.obligation, by, now)


def return_from_leave(day: date) -> int:
    """Leaves that ended before `day` move the due days of first periods by the days away; return how many moved.

    Only of what was not overdue when the leave began, and only of due days that were set before it ended: what was
    set since knows of it. Run every night; again moves nothing.
    """
    query: Any = (
        select(Period.id, DueDate.due_on, DueDate.closes_on, DueDate.from_on, Leave.from_on, Leave.until_on)
        .join(DueDate, (DueDate.period_id == Period.id) & DueDate.until_on.is_(None))
        .join(Obligation, Obligation.id == Period.obligation_id)
        .join(Requirement, Requirement.id == Obligation.requirement_id)
        .join(
            Leave,
            (Leave.user_id == Obligation.user_id)
            & (Leave.organisation_id == Requirement.organisation_id)
            & Leave.withdrawn_at.is_(None),
        )
        .where(
            Period.completed_on.is_(None),
            Period.number == 0,
            Leave.until_on < day,
            Leave.until_on >= DueDate.from_on,
            Leave.from_on <= DueDate.due_on,
        )
    )
    away: dict[int, tuple[date, date | None, set[date]]] = {}
    for period_id, due_on, closes_on, held_from, from_on, until_on in db.session.execute(query):
        first = max(from_on, held_from)
        days = {first + timedelta(days=n) for n in range((until_on - first).days + 1)}
        away.setdefault(period_id, (due_on, closes_on, set()))[2].update(days)
    moves = [
        due.Move(
            period_id=period_id,
            due_on=due_on + timedelta(days=len(days)),
            closes_on=closes_on and closes_on + timedelta(days=len(days)),
            cause="leave",
        )
        for period_id, (due_on, closes_on, days) in away.items()
    ]
    return due.move(moves, day)


# ---- what decisions have in common (evidence decides the same way)


def said(text: str) -> str:
    """What was written; raises Refused when there is nothing."""
    text = text.strip()
    if not text:
        raise Refused(_("Write the reason; it is kept."), field="reason")
    return text[:500]


def undecided(decision: str, obligation: Obligation, by: User) -> None:
    """Raises Refused for what was decided and for one's own."""
    if decision != Decision.WAITING:
        raise Refused(_("This has been decided already."))
    if obligation.user_id == by.id:
        raise Refused(_("You cannot decide about yourself."))


def _undecided(extension: DueExtension, period: Period, by: User) -> None:
    hold(extension)
    undecided(extension.decision, period.obligation, by)


def _decide(extension: DueExtension, decision: Decision, answer: str, by: User, now: datetime) -> None:
    extension.decision, extension.answer = decision, answer
    extension.decided_by, extension.decided_at = by.id, now
    db.session.flush()
    answering.extension_answered(extension, now=now)


def _note(act: str, obligation: Obligation, by: User, now: datetime, **details: Any) -> None:
    audit.record(
        act,
        actor_id=by.id,
        now=now,
        subject_type="user",
        subject_id=obligation.user_id,
        requirement=obligation.requirement_id,
        **details,
    )
