"""Telling somebody something: a row in the outbox, in the transaction of the fact itself.

What can wait (`kinds`) is mailed in working hours, and only where its reader wants mail of it; the page of notices has
it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from app.clock import in_baku
from app.db import db, in_parts
from app.notices import preferring, workdays
from app.notices.kinds import kind_of, waiting
from app.notices.models import CalendarFeed, Notice, Preference
from app.notices.workdays import Hours


def tell(
    recipient_id: int | None,
    address: str | None,
    language: str,
    kind: str,
    params: dict[str, Any],
    *,
    key: str,
    now: datetime,
) -> Notice:
    """Write the notice `kind` (templates/notices/<kind>.txt, filled with `params`) to be delivered by the worker.

    `recipient_id` None keeps it out of the inbox on the site; `address` None keeps it off the mail. `key` names the
    fact: telling it again changes nothing. A secret belongs in `params["token"]`: it is removed once the mail is sent.
    """
    known = db.session.scalar(select(Notice).where(Notice.idempotency_key == key))
    if known is not None:
        return known
    mail = Mail(recipient_id=recipient_id, address=address, language=language, params=params, key=key)
    (row,) = _rows(kind, [mail], now)
    notice = Notice(**row)
    db.session.add(notice)
    db.session.flush()
    return notice


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One of many notices of a kind, as `tell` takes it; `key` names its fact, which is new."""

    recipient_id: int | None = None
    address: str | None
    language: str
    params: dict[str, Any]
    key: str


def mail_many(kind: str, mails: Sequence[Mail], *, now: datetime) -> None:
    """The notice `kind` to many, in one statement. Raises IntegrityError when one was written before."""
    if rows := _rows(kind, mails, now):
        db.session.execute(insert(Notice), rows)


def tell_many(kind: str, mails: Sequence[Mail], *, now: datetime) -> int:
    """The same, leaving out what was told before; how many are new."""
    known: set[str] = set()
    for few in in_parts([mail.key for mail in mails]):
        known |= set(db.session.scalars(select(Notice.idempotency_key).where(Notice.idempotency_key.in_(few))))
    new = [mail for mail in mails if mail.key not in known]
    mail_many(kind, new, now=now)
    return len(new)


def _rows(kind: str, mails: Sequence[Mail], now: datetime) -> list[dict[str, Any]]:
    recipients = [mail.recipient_id for mail in mails if mail.recipient_id is not None]
    choices = preferring.chosen_by(recipients)
    opens = _opening(recipients, now) if kind_of(kind).waits else lambda _recipient: now
    rows = []
    for mail in mails:
        chosen = choices.get(mail.recipient_id or 0, preferring.EVERYTHING)
        address = mail.address if chosen.mails(kind) else None
        rows.append(
            {
                "idempotency_key": mail.key,
                "recipient_id": mail.recipient_id,
                "address": address,
                "language": mail.language,
                "kind": kind,
                "params": mail.params,
                "created_at": now,
                "not_before": now if chosen.at_any_hour else opens(mail.recipient_id),
                "sent_at": None if address else now,
                "failures": 0,
            }
        )
    return rows


def _opening(recipients: Collection[int], now: datetime) -> Callable[[int | None], datetime]:
    """When each may be mailed: in the working hours of where they work."""
    day = in_baku(now).date()
    calendar, hours = workdays.calendar(day), workdays.hours_of(recipients, day)
    known: dict[tuple[Hours, ...], datetime] = {}

    def opens(recipient: int | None) -> datetime:
        several = tuple(hours.get(recipient or 0, ()))
        if several not in known:
            known[several] = calendar.opens_for(now, several)
        return known[several]

    return opens


def forward(recipient_id: int, address: str) -> None:
    """The reader has another address now: what waits for working hours goes there. Warnings stay where they go."""
    mine = (Notice.recipient_id == recipient_id) & Notice.sent_at.is_(None) & Notice.address.is_not(None)
    db.session.execute(update(Notice).where(mine, Notice.kind.in_(waiting())).values(address=address))


def forget_all(recipient_id: int, addresses: Collection[str]) -> None:
    """Nothing that was told somebody, or written to these addresses, is kept, and nothing that waits is sent."""
    told = or_(Notice.recipient_id == recipient_id, Notice.address.in_(addresses))
    db.session.execute(delete(Notice).where(told))
    for table in (Preference, CalendarFeed):
        db.session.execute(delete(table).where(table.recipient_id == recipient_id))
