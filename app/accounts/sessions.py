"""Signed-in devices: a row for each, found by the hash of its cookie's token. Revoking the row signs it out."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import LoginSession, SecondFactorState, User
from app.db import db

SEEN_EVERY = timedelta(minutes=10)

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("YaBrowser", "Yandex"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def token_hash(token: str) -> str:
    """Tokens have 256 random bits: a plain hash is enough, and finds the row."""
    return hashlib.sha256(token.encode()).hexdigest()


def device_name(user_agent: str) -> str:
    """ "Chrome · Windows", as far as the browser says."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), None)
    if browser is None and re.search(r"Version/.*Safari", user_agent):
        browser = "Safari"
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    return " · ".join(part for part in (browser, system) if part) or "—"


def open_session(
    user: User,
    *,
    user_agent: str,
    address: str,
    days: int,
    hours: int | None = None,
    second_factor: SecondFactorState = SecondFactorState.NONE,
    provider: str = "",
    now: datetime,
) -> str:
    """Sign a device in for `days`, or `hours` if that is shorter; the returned token goes into its cookie alone."""
    token = secrets.token_urlsafe(32)
    user.first_signed_in_at = user.first_signed_in_at or now
    db.session.add(
        LoginSession(
            token_hash=token_hash(token),
            user_id=user.id,
            device=device_name(user_agent),
            address=address,
            created_at=now,
            seen_at=now,
            expires_at=now + lasting(days, hours),
            second_factor=second_factor,
            provider=provider,
        )
    )
    db.session.flush()
    return token


def lasting(days: int, hours: int | None) -> timedelta:
    return min(timedelta(days=days), timedelta(hours=hours)) if hours else timedelta(days=days)


def find_session(token: str, now: datetime) -> LoginSession | None:
    """The open session of this token; None when it ended, was revoked, or its account was closed."""
    found = db.session.scalar(select(LoginSession).where(LoginSession.token_hash == token_hash(token)))
    if found is None or found.revoked_at is not None or found.expires_at <= now or not found.user.is_active:
        return None
    return found


def note_seen(session: LoginSession, now: datetime) -> None:
    if now - session.seen_at >= SEEN_EVERY:
        session.seen_at = now


def open_sessions(user: User, now: datetime) -> list[LoginSession]:
    """The devices signed in, the last used first."""
    query = select(LoginSession).where(
        LoginSession.user_id == user.id, LoginSession.revoked_at.is_(None), LoginSession.expires_at > now
    )
    return list(db.session.scalars(query.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())))


def revoke(session: LoginSession, now: datetime) -> None:
    session.revoked_at = session.revoked_at or now


def revoke_all(user: User, *, but: LoginSession | None = None, now: datetime) -> int:
    """Sign out every device of `user`, except `but`; the number of those signed out."""
    ended = [session for session in open_sessions(user, now) if but is None or session.id != but.id]
    for session in ended:
        revoke(session, now)
    db.session.flush()
    return len(ended)
