from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts import sessions, throttling, tokens
from app.accounts.forgetting import forget
from app.accounts.models import LoginSession, SignInAttempt, Token, TokenPurpose
from app.db import db
from tests.factories import NOW, person


def test_what_ended_long_ago_is_forgotten_and_the_rest_is_kept(site: Flask) -> None:
    user = person()
    for days in (0, 2):
        throttling.note("x", "127.0.0.1", succeeded=False, now=NOW - timedelta(days=days))
    for days in (0, 70):
        sessions.open_session(user, user_agent="", address="", days=30, now=NOW - timedelta(days=days))
        tokens.hand_out(user, TokenPurpose.RESET_PASSWORD, now=NOW - timedelta(days=days))
    db.session.scalars(select(Token).where(Token.created_at == NOW)).one().used_at = None
    forget(NOW)
    for model in (SignInAttempt, LoginSession, Token):
        assert len(db.session.scalars(select(model)).all()) == 1, model
