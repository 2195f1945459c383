"""The inbox: notices as their reader sees them on the site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.notices.models import Notice


def unread_count(recipient_id: int) -> int:
    query = select(func.count()).where(Notice.recipient_id == recipient_id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0


def page(recipient_id: int, number: int, size: int = 20) -> tuple[list[Notice], int]:
    """The notices of one page (1 is the newest), and how many pages there are."""
    mine = Notice.recipient_id == recipient_id
    total = db.session.scalar(select(func.count()).where(mine)) or 0
    query = select(Notice).where(mine).order_by(Notice.created_at.desc(), Notice.id.desc())
    found = list(db.session.scalars(query.offset((number - 1) * size).limit(size)))
    return found, max(1, -(-total // size))


def mark_read(recipient_id: int, now: datetime) -> None:
    """All that has been told so far."""
    for notice in db.session.scalars(
        select(Notice).where(Notice.recipient_id == recipient_id, Notice.read_at.is_(None))
    ):
        notice.read_at = now
