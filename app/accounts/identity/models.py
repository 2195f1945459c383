"""What is kept of identities elsewhere, of second factors, and of what organisations demand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import LargeBinary

from app.accounts.models import Organisation, User
from app.db import JsonList, Key, Model, Moment, Short, UtcDateTime


class How(StrEnum):
    """What an identity was linked by."""

    FIN = "fin"  # confirmed here, and said by the provider
    PASSWORD = "password"  # noqa: S105 - the person showed the account's own
    STAFF = "staff"


class IdentityLink(Model):
    """Who the provider calls by this subject is this account. The subject may be a FIN: a keyed hash is kept."""

    __tablename__ = "identity_link"
    __table_args__ = (UniqueConstraint("issuer", "subject_hash"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    provider: Mapped[str] = mapped_column(String(32))  # its key in the settings
    issuer: Mapped[Short]
    subject_hash: Mapped[str] = mapped_column(String(64))
    how: Mapped[str] = mapped_column(String(10))
    linked_at: Mapped[Moment]
    linked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # staff, where staff did
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class IdentityClaim(Model):
    """Somebody a provider knows and we do not: until they show whose account it is, or staff find out.

    The browser that came from the provider holds the secret. Ends within minutes, or when staff were asked, in weeks.
    """

    __tablename__ = "identity_claim"

    id: Mapped[Key]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[str] = mapped_column(String(32))
    issuer: Mapped[Short]
    subject_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[Short]  # as the provider says it
    fin_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    fin_lookup: Mapped[str | None] = mapped_column(String(64))
    contact: Mapped[Short] = mapped_column(default="")  # how staff reach them, in their own words
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # staff, to decide
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class SecondFactor(Model):
    """A programme on a phone that shows a code every thirty seconds (RFC 6238), and codes for when it is lost."""

    __tablename__ = "second_factor"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    secret_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    recovery: Mapped[JsonList]  # keyed hashes of the codes not used yet
    last_step: Mapped[int | None]  # the step of the last code taken: none is taken twice
    created_at: Mapped[Moment]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by a first right code; until then it is off


class SignInPolicy(Model):
    """What an organisation demands of how its people sign in."""

    __tablename__ = "sign_in_policy"
    __table_args__ = (CheckConstraint("session_hours IS NULL OR session_hours > 0", name="session_hours"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    email_domains: Mapped[
        JsonList
    ]  # whose addresses may not sign up by themselves: accounts come from the organisation
    two_factor_required: Mapped[bool]
    session_hours: Mapped[int | None]  # the longest a device stays signed in
    changed_at: Mapped[Moment]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    organisation: Mapped[Organisation] = relationship()
