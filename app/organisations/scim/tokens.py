"""The tokens agencies' systems sign in with: made by an administrator, shown once, revoked at any time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import select, update

from app import audit
from app.accounts.models import Organisation, User
from app.accounts.sessions import token_hash
from app.db import db
from app.errors import Refused
from app.organisations.scim.models import ScimToken

MARK = "bilik_scim_"  # says what it is to those who find it where it should not be
USED_EVERY = timedelta(minutes=10)
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Agency:
    """Who asks: the organisation of the token. `is_noted`: its last use is written down already."""

    token_id: int
    organisation_id: int
    is_noted: bool


def hand_out(organisation: Organisation, name: str, *, by: User, now: datetime) -> str:
    """A new token of the organisation; it is not kept in readable form. Raises Refused (field "name")."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(gettext("Say which system the token is for."), field="name")
    secret = MARK + secrets.token_urlsafe(32)
    made = ScimToken(
        organisation_id=organisation.id, name=name, token_hash=token_hash(secret), created_by=by.id, created_at=now
    )
    db.session.add(made)
    db.session.flush()
    _record("scim_token_made", made, by, now)
    return secret


def revoke(token: ScimToken, *, by: User, now: datetime) -> None:
    """It stops working at once; again is harmless."""
    if token.revoked_at is None:
        token.revoked_at = now
        _record("scim_token_revoked", token, by, now)


def tokens_of(organisation_id: int) -> list[ScimToken]:
    """The newest first, those that work before the revoked."""
    query = select(ScimToken).where(ScimToken.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(ScimToken.revoked_at.is_not(None), ScimToken.id.desc())))


def agency_of(secret: str, *, now: datetime) -> Agency | None:
    """Whose token this is, if it works. One query by an index."""
    query = select(ScimToken).where(ScimToken.token_hash == token_hash(secret), ScimToken.revoked_at.is_(None))
    token = db.session.scalar(query) if secret else None
    if token is None:
        return None
    noted = token.used_at is not None and now - token.used_at < USED_EVERY
    return Agency(token_id=token.id, organisation_id=token.organisation_id, is_noted=noted)


def note_use(agency: Agency, *, now: datetime) -> None:
    db.session.execute(update(ScimToken).where(ScimToken.id == agency.token_id).values(used_at=now))


def _record(act: str, token: ScimToken, by: User, now: datetime) -> None:
    audit.record(
        act,
        actor_id=by.id,
        subject_type="organisation",
        subject_id=token.organisation_id,
        now=now,
        token=token.id,
        name=token.name,
    )
