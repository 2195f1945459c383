"""The secret address of somebody's calendar: made when asked for, shown again to its owner, gone when revoked.

The address holds no more than a row's number and a keyed digest of the row's nonce, so a copy of the database alone
opens nobody's calendar.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app import keys
from app.db import db
from app.notices.models import CalendarFeed


def of(recipient_id: int) -> CalendarFeed | None:
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.recipient_id == recipient_id))


def make(recipient_id: int, *, now: datetime) -> CalendarFeed:
    """A new address; the one before opens nothing any more."""
    feed = of(recipient_id)
    if feed is None:
        feed = CalendarFeed(recipient_id=recipient_id)
        db.session.add(feed)
    feed.nonce, feed.made_at = secrets.token_urlsafe(32), now
    db.session.flush()
    return feed


def revoke(recipient_id: int) -> None:
    """Harmless where there is none."""
    if (feed := of(recipient_id)) is not None:
        db.session.delete(feed)
        db.session.flush()


def token(feed: CalendarFeed, data_folder: Path) -> str:
    digest = hmac.digest(keys.key(data_folder, "calendar"), feed.nonce.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")


def reader(feed_id: int, given: str, data_folder: Path) -> int | None:
    """Whose calendar the address opens, if any."""
    feed = db.session.get(CalendarFeed, feed_id)
    if feed is None or not hmac.compare_digest(token(feed, data_folder).encode(), given.encode()):
        return None
    return feed.recipient_id
