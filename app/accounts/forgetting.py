"""What is not kept: tries at signing in after a day, links, codes and devices a month after they ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from app.accounts.identity import linking, second_factor
from app.accounts.models import LoginSession, SignInAttempt, Token
from app.db import db

TRIES = timedelta(days=1)
ENDED = timedelta(days=30)


def forget(now: datetime) -> None:
    """As the privacy page promises; the worker calls it now and then."""
    linking.forget(now)
    second_factor.forget(now)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - TRIES))
    db.session.execute(delete(Token).where(or_(Token.expires_at < now - ENDED, Token.used_at < now - ENDED)))
    db.session.execute(
        delete(LoginSession).where(or_(LoginSession.expires_at < now - ENDED, LoginSession.revoked_at < now - ENDED))
    )
