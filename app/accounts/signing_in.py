"""Who somebody is, from what they typed: e-mail or confirmed FIN with a password, or a code from paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import gettext
from sqlalchemy import select

from app import audit
from app.accounts import fin, passwords, throttling, tokens
from app.accounts.models import User
from app.accounts.registering import normalise_email
from app.db import db
from app.errors import Refused
from app.web import begin_writing


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the request comes from, and where keys are kept."""

    address: str
    data_folder: Path


def identify(identifier: str, data_folder: Path) -> User | None:
    """The open account that this e-mail address or confirmed FIN belongs to."""
    try:
        if "@" in identifier:
            query = select(User).where(User.email == normalise_email(identifier))
        else:
            hashed = fin.lookup(fin.normalise(identifier), data_folder)
            query = select(User).where(User.fin_lookup == hashed, User.fin_confirmed_at.is_not(None))
    except Refused:
        return None
    user = db.session.scalar(query)
    return user if user is not None and user.is_active else None


def sign_in(identifier: str, password: str, place: Place, *, now: datetime) -> User:
    """The person, if the password is theirs; begins the writing transaction itself, after the slow hashing.

    Raises Refused, the same whether the account or the password is wrong; the failed try is noted: commit it.
    """
    hashed = throttling.name_hash(identifier, place.data_folder)
    throttling.check(hashed, place.address, now=now)
    user = identify(identifier, place.data_folder)
    stored = user.password_hash if user else None
    user_id = user.id if user else None
    db.session.rollback()  # hashing holds no transaction

    right = passwords.is_right(stored, password)
    better = passwords.renewed(stored, password) if right and stored else None

    begin_writing()
    user = db.session.get(User, user_id) if user_id else None
    if user is None or not right or user.password_hash != stored:
        throttling.note(hashed, place.address, succeeded=False, reason="password" if user else "name", now=now)
        if user:
            audit.record(
                "sign_in_failed",
                actor_id=None,
                subject_type="user",
                subject_id=user.id,
                address=place.address,
                now=now,
            )
        raise Refused(
            gettext("The name or the password is not right. Check both, or set a new password by mail."), status=401
        )
    if better:
        user.password_hash = better
    throttling.note(hashed, place.address, succeeded=True, now=now)
    return user


def sign_in_with_code(code: str, place: Place, *, now: datetime) -> User:
    """The person a code on paper was made for; it is used up. Raises Refused; the failed try is noted: commit it."""
    hashed = throttling.name_hash("a code", place.data_folder)
    throttling.check_address(place.address, now=now)
    token = tokens.find_code(code, place.data_folder, now=now)
    throttling.note(hashed, place.address, succeeded=token is not None, reason="code", now=now)
    if token is None:
        raise Refused(
            gettext("This code is not known, was used already, or has expired. Ask for a new one."),
            status=401,
            field="code",
        )
    token.used_at = now
    return token.user
