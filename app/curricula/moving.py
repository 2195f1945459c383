"""What moves or ends an obligation of one person: more time, exemption, leave, prior learning. Who, why, until when.

Who may do it is the caller's to ask (the manager of the person, the training officer of the organisation).
"""

from __future__ import annotations

from datetime import date, datetime

from app.accounts.models import User
from app.curricula.models import DueExtension, Evidence, Exemption, Obligation, Period


def ask_for_time(period: Period, wanted_on: date, reason: str, *, by: User, now: datetime) -> DueExtension:
    """The learner asks for a later due day. Raises Refused: completed, expired, failed, no due day, one waits already,
    a day not later than the due one."""
    raise NotImplementedError


def grant_time(extension: DueExtension, granted_on: date, answer: str = "", *, by: User, now: datetime) -> None:
    """The due day moves, from today. Raises Refused when it was decided, for a day gone by, and for one's own."""
    raise NotImplementedError


def refuse_time(extension: DueExtension, answer: str, *, by: User, now: datetime) -> None:
    """Raises Refused when it was decided already, or without an answer."""
    raise NotImplementedError


def give_time(period: Period, until: date, reason: str, *, by: User, now: datetime) -> DueExtension:
    """More time unasked: asked and granted at once."""
    raise NotImplementedError


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
    raise NotImplementedError


def end_exemption(exemption: Exemption, *, by: User, now: datetime) -> None:
    """Asked again from today; the days before stay exempt."""
    raise NotImplementedError


def return_from_leave(day: date) -> int:
    """Leaves that ended before `day` move the due days of first periods by the days away; return how many moved.

    Only of what was not overdue when the leave began. Run every night; again moves nothing.
    """
    raise NotImplementedError


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
    """Evidence of prior learning, to be decided. Raises Refused: completed already, a day to come, one waits already."""
    raise NotImplementedError


def grant_evidence(evidence: Evidence, answer: str = "", *, by: User, now: datetime) -> None:
    """The period is completed today (what was said of the days before stays true); validity counts from `learnt_on`.

    Raises Refused when it was decided, when it would not be valid today, and for one's own.
    """
    raise NotImplementedError


def refuse_evidence(evidence: Evidence, answer: str, *, by: User, now: datetime) -> None:
    """Raises Refused when it was decided already, or without an answer."""
    raise NotImplementedError
