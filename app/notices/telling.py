"""Telling somebody something: a row in the outbox, in the transaction of the fact itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select

from app.db import db
from app.notices.models import Notice


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
    notice = Notice(
        idempotency_key=key,
        recipient_id=recipient_id,
        address=address,
        language=language,
        kind=kind,
        params=params,
        created_at=now,
        not_before=now,
        sent_at=None if address else now,
        failures=0,
    )
    db.session.add(notice)
    db.session.flush()
    return notice


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One of many mails of a kind, to nobody's inbox on the site; `key` names its fact, which is new."""

    address: str
    language: str
    params: dict[str, Any]
    key: str


def mail_many(kind: str, mails: Sequence[Mail], *, now: datetime) -> None:
    """The notice `kind` to many addresses, in one statement. Raises IntegrityError when one was written before."""
    rows = [
        {
            "idempotency_key": mail.key,
            "address": mail.address,
            "language": mail.language,
            "kind": kind,
            "params": mail.params,
            "created_at": now,
            "not_before": now,
            "failures": 0,
        }
        for mail in mails
    ]
    if rows:
        db.session.execute(insert(Notice), rows)


def forget_all(recipient_id: int, addresses: Collection[str]) -> None:
    """Nothing that was told somebody, or written to these addresses, is kept, and nothing that waits is sent."""
    told = or_(Notice.recipient_id == recipient_id, Notice.address.in_(addresses))
    db.session.execute(delete(Notice).where(told))
