"""Secrets handed out once: links in mails, codes on paper. The row holds a hash; using it ends it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import keys
from app.accounts.models import Token, TokenPurpose, User
from app.accounts.sessions import token_hash
from app.db import db

LIFETIMES = {
    TokenPurpose.CONFIRM_EMAIL: timedelta(hours=24),
    TokenPurpose.CHANGE_EMAIL: timedelta(hours=24),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=1),
    TokenPurpose.INVITATION: timedelta(days=14),
    TokenPurpose.ONE_TIME_CODE: timedelta(days=7),
    TokenPurpose.SECOND_STEP: timedelta(minutes=10),
}
# On paper: nothing that reads like something else (no 0/O, 1/I/L, 5/S, 2/Z, 8/B, U/V).
CODE_LETTERS = "3467ACDEFGHJKMNPQRTWXY9"
CODE_LENGTH = 12  # 54 bits, in three groups


def hand_out(user: User, purpose: TokenPurpose, *, now: datetime, **payload: Any) -> str:
    """A new secret for a link. Earlier ones of the same purpose stop working."""
    secret = secrets.token_urlsafe(32)
    _write(user, purpose, token_hash(secret), payload, now)
    return secret


def new_link(user_id: int, purpose: TokenPurpose, *, now: datetime, **payload: Any) -> tuple[str, dict[str, Any]]:
    """A secret and the columns of its row, for somebody who has no token yet: for many people at once."""
    secret = secrets.token_urlsafe(32)
    columns = {
        "purpose": purpose,
        "token_hash": token_hash(secret),
        "user_id": user_id,
        "payload": payload,
        "created_at": now,
        "expires_at": now + LIFETIMES[purpose],
    }
    return secret, columns


def hand_out_code(user: User, data_folder: Path, *, now: datetime, **payload: Any) -> str:
    """A new code for one sign-in; an earlier one stops working."""
    code = new_code()
    _write(user, TokenPurpose.ONE_TIME_CODE, code_hash(code, data_folder), payload, now)
    return code


def new_code() -> str:
    """To be read from paper: "ACDE-3467-GHJK"."""
    signs = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return "-".join(signs[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def code_hash(code: str, data_folder: Path) -> str:
    """Codes are short enough to be guessed from a stolen table: a keyed hash. Case, blanks, hyphens do not count."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return hmac.new(keys.key(data_folder, "codes"), signs.encode(), hashlib.sha256).hexdigest()


def find(secret: str, *purposes: TokenPurpose, now: datetime) -> Token | None:
    """The unused, unexpired token of this secret, of an account that is open."""
    return _open(token_hash(secret), purposes, now)


def find_code(code: str, data_folder: Path, *, now: datetime) -> Token | None:
    return _open(code_hash(code, data_folder), (TokenPurpose.ONE_TIME_CODE,), now)


def end_all(user: User, *purposes: TokenPurpose, now: datetime) -> None:
    """The open tokens of `user` of these purposes stop working."""
    query = select(Token).where(Token.user_id == user.id, Token.purpose.in_(purposes), Token.used_at.is_(None))
    for token in db.session.scalars(query):
        token.used_at = now


def handed_out_since(user: User, purpose: TokenPurpose, since: datetime) -> int:
    query = select(Token.id).where(Token.user_id == user.id, Token.purpose == purpose, Token.created_at >= since)
    return len(db.session.scalars(query).all())


def _write(user: User, purpose: TokenPurpose, hashed: str, payload: dict[str, Any], now: datetime) -> None:
    end_all(user, purpose, now=now)
    db.session.add(
        Token(
            purpose=purpose,
            token_hash=hashed,
            user_id=user.id,
            payload=payload,
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    db.session.flush()


def _open(hashed: str, purposes: tuple[TokenPurpose, ...], now: datetime) -> Token | None:
    found = select(Token).where(Token.token_hash == hashed, Token.purpose.in_(purposes))
    # Held: a link opened twice at the same moment is used once.
    token = db.session.scalar(found.with_for_update().execution_options(populate_existing=True))
    if token is None or token.used_at is not None or token.expires_at <= now or not token.user.is_active:
        return None
    return token
