"""The head of the audit log, mailed to administrators once a day while there is something new.

Who owns the machine can cut the log and what is put down beside it. What lies in mailboxes elsewhere tells on them:
`flask audit verify --anchor NUMBER DIGEST`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app import audit
from app.accounts.models import Role
from app.clock import in_baku
from app.db import db
from app.notices.models import Notice
from app.notices.telling import Mail, mail_many
from app.organisations import counting

KIND = "audit_head"


def is_due(data_folder: Path, now: datetime) -> bool:
    """Something new was put down today, and not every administrator was told."""
    return bool(_untold(data_folder, now))


def tell_due(data_folder: Path, now: datetime) -> int:
    """Write the mails of today; return how many. Again, or by another worker beside: nothing."""
    mails = _untold(data_folder, now)
    mail_many(KIND, mails, now=now)
    return len(mails)


def _untold(data_folder: Path, now: datetime) -> list[Mail]:
    """Mail alone: on a page of the site it would prove nothing."""
    new = audit.news(data_folder)
    if new is None or new.day != in_baku(now).date():
        return []
    params = {"number": new.head.number, "digest": new.head.digest, "day": new.day.isoformat()}
    mails = [
        Mail(address=one.address, language=one.language, params=params, key=f"{KIND}:{new.day.isoformat()}:{one.id}")
        for one in counting.holders_of(Role.ADMINISTRATOR)
        if one.address is not None and one.is_active
    ]
    told = select(Notice.idempotency_key).where(Notice.idempotency_key.in_([mail.key for mail in mails]))
    known = set(db.session.scalars(told))
    return [mail for mail in mails if mail.key not in known]
