"""Leave: somebody is away from work for a time, and what is asked of them waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_babel import gettext
from sqlalchemy import or_, select

from app import audit
from app.accounts.models import Organisation, User
from app.db import db
from app.errors import Refused
from app.organisations.models import Leave


class LeaveKind(StrEnum):
    PARENTAL = "parental"
    ILLNESS = "illness"
    SERVICE = "service"
    STUDY = "study"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Away:
    """What is recorded. `document`: the name of its blob, `until_on` None: nobody knows yet."""

    kind: LeaveKind
    reason: str
    from_on: date
    until_on: date | None
    document: str | None = None
    document_name: str = ""


def leaves(organisation_id: int, user_id: int) -> Sequence[Leave]:
    """Those that were not taken back, the latest first."""
    return db.session.scalars(
        select(Leave)
        .where(Leave.organisation_id == organisation_id, Leave.user_id == user_id, Leave.withdrawn_at.is_(None))
        .order_by(Leave.from_on.desc(), Leave.id.desc())
    ).all()


def record(user: User, organisation: Organisation, away: Away, *, by: User, now: datetime) -> Leave:
    """Also of days gone by: it is a fact. Raises Refused (fields "until_on", "from_on") for days that cannot be."""
    if away.until_on is not None and away.until_on < away.from_on:
        raise Refused(gettext("The last day lies before the first."), field="until_on")
    known = select(Leave.id).where(
        Leave.user_id == user.id,
        Leave.organisation_id == organisation.id,
        Leave.withdrawn_at.is_(None),
        or_(Leave.until_on.is_(None), Leave.until_on >= away.from_on),
    )
    if away.until_on is not None:
        known = known.where(Leave.from_on <= away.until_on)
    if db.session.scalar(known.limit(1)):
        raise Refused(
            gettext("Another leave covers one of these days. End or take back that one first."), field="from_on"
        )
    leave = Leave(
        user_id=user.id,
        organisation_id=organisation.id,
        kind=away.kind,
        reason=" ".join(away.reason.split())[:500],
        document=away.document,
        document_name=away.document_name,
        from_on=away.from_on,
        until_on=away.until_on,
        recorded_by=by.id,
        recorded_at=now,
    )
    db.session.add(leave)
    db.session.flush()
    _record("leave_recorded", leave, by, now)
    return leave


def end(leave: Leave, *, until_on: date, by: User, now: datetime) -> None:
    """The last day away. Raises Refused (field "until_on") for a day before the first."""
    if until_on < leave.from_on:
        raise Refused(gettext("The leave begins after this day. Take it back instead."), field="until_on")
    leave.until_on = until_on
    db.session.flush()
    _record("leave_ended", leave, by, now)


def withdraw(leave: Leave, *, by: User, now: datetime) -> None:
    """It was recorded by mistake; the row stays, and counts no more."""
    if leave.withdrawn_at is None:
        leave.withdrawn_at = now
        _record("leave_withdrawn", leave, by, now)


def _record(act: str, leave: Leave, by: User, now: datetime) -> None:
    audit.record(
        act, actor_id=by.id, subject_type="user", subject_id=leave.user_id, now=now, organisation=leave.organisation_id
    )
