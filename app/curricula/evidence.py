"""Prior learning: a document handed in, and the decision of somebody who checked it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.accounts.models import User
from app.clock import DAY, in_baku
from app.curricula import answering
from app.curricula.models import Decision, DueDate, Evidence, Period
from app.curricula.moving import said, undecided
from app.curricula.rules import validity
from app.curricula.versions import in_force_on, terms
from app.db import covers, db, hold
from app.errors import Refused


def hand_in(
    period: Period,
    *,
    issuer: str,
    title: str,
    learnt_on: date,
    document: str,
    document_name: str,
    note: str = "",
    by: User,
    now: datetime,
) -> Evidence:
    """To be decided. Raises Refused: completed already, a day to come, one waits already; for a renewal, what was
    learnt before its window opened."""
    hold(period)
    if not issuer.strip() or not title.strip():
        raise Refused(_("Say what was learnt and who confirms it."), field="title")
    _may_count(period, learnt_on, in_baku(now).date())
    waits = select(Evidence.id).where(Evidence.period_id == period.id, Evidence.decision == Decision.WAITING)
    if db.session.scalar(waits) is not None:
        raise Refused(_("A document was handed in already; it is not decided yet."))
    evidence = Evidence(
        period=period,
        issuer=issuer.strip()[:200],
        title=title.strip()[:200],
        learnt_on=learnt_on,
        document=document,
        document_name=document_name[:200],
        note=note,
        handed_in_by=by.id,
        handed_in_at=now,
    )
    db.session.add(evidence)
    db.session.flush()
    _note("evidence_handed_in", evidence, by, now)
    return evidence


def grant(evidence: Evidence, answer: str = "", *, by: User, now: datetime) -> None:
    """The period is completed today, so that what was said of the days before stays true; validity counts from the day
    of the learning, `learnt_on`.

    Raises Refused when it was decided, when it would not be valid today, and for one's own.
    """
    today = in_baku(now).date()
    hold(evidence)
    hold(evidence.period)
    period, obligation = evidence.period, evidence.period.obligation
    undecided(evidence.decision, obligation, by)
    _may_count(period, evidence.learnt_on, today)
    version = in_force_on(today, [obligation.requirement_id]).get(obligation.requirement_id)
    if version is None:
        raise Refused(_("This requirement has ended."))
    due_on = db.session.scalar(select(DueDate.due_on).where(DueDate.period_id == period.id, covers(DueDate, today)))
    former = select(Period.expires_on).where(Period.obligation_id == obligation.id, Period.number == period.number - 1)
    until = validity(
        terms(version), completed_on=evidence.learnt_on, due_on=due_on, expires_on=db.session.scalar(former)
    )
    if until.expires_on is not None and until.expires_on <= today:
        raise Refused(_("This was learnt so long ago that it would not be valid any more."))
    period.begun_on = period.begun_on or max(period.start_on, today)
    period.completed_on, period.completed_by, period.version_id = today, {"evidence": evidence.id}, version.id
    period.expires_on = until.expires_on
    if until.expires_on is not None and until.window_opens_on is not None:
        period.window_opens_on = min(max(until.window_opens_on, today + DAY), until.expires_on)
    _decide(evidence, Decision.GRANTED, answer.strip()[:500], by, now)
    _note("evidence_granted", evidence, by, now)


def refuse(evidence: Evidence, answer: str, *, by: User, now: datetime) -> None:
    """Raises Refused when it was decided already, or without an answer."""
    hold(evidence)
    undecided(evidence.decision, evidence.period.obligation, by)
    _decide(evidence, Decision.REFUSED, said(answer), by, now)
    _note("evidence_refused", evidence, by, now)


def _may_count(period: Period, learnt_on: date, today: date) -> None:
    if period.completed_on is not None:
        raise Refused(_("This is completed already."))
    if learnt_on > today:
        raise Refused(_("Give a day that has been."), field="learnt_on")
    if period.number and learnt_on < period.start_on:
        raise Refused(_("For a renewal, only what was learnt since %(day)s counts.", day=period.start_on.isoformat()))


def _decide(evidence: Evidence, decision: Decision, answer: str, by: User, now: datetime) -> None:
    evidence.decision, evidence.answer = decision, answer
    evidence.decided_by, evidence.decided_at = by.id, now
    db.session.flush()
    answering.evidence_answered(evidence, now=now)


def _note(act: str, evidence: Evidence, by: User, now: datetime) -> None:
    details: dict[str, Any] = {"requirement": evidence.period.obligation.requirement_id, "evidence": evidence.id}
    audit.record(
        act,
        actor_id=by.id,
        now=now,
        subject_type="user",
        subject_id=evidence.period.obligation.user_id,
        **details,
    )
