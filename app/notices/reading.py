"""The inbox: notices as their reader sees them on the site."""

from __future__ import annotations

from sqlalchemy import func, select

from app.db import db
from app.notices.models import Notice


def unread_count(recipient_id: int) -> int:
    query = select(func.count()).where(Notice.recipient_id == recipient_id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0
