"""People and organisations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON, LargeBinary

from app.db import Key, Long, Model, Moment, Short, UtcDateTime


class Role(StrEnum):
    """What somebody may do beyond learning. A grant may be narrowed to a course or an organisation."""

    INSTRUCTOR = "instructor"  # of one course (`course_slug`), or of every course when it names none
    MANAGER = "manager"  # of one organisation, or of one of its units and what is below
    OFFICER = "officer"  # training officer of one organisation
    ADMINISTRATOR = "administrator"


class Organisation(Model):
    __tablename__ = "organisation"

    id: Mapped[Key]
    name: Mapped[Short] = mapped_column(unique=True)
    created_at: Mapped[Moment]


class User(Model):
    """A person. E-mail is optional (a pupil may have none), the FIN is kept encrypted with a keyed hash for look-up."""

    __tablename__ = "user"
    __table_args__ = (
        # Only a confirmed FIN identifies anybody; unconfirmed ones may repeat.
        Index(
            "uq_user_fin_confirmed",
            "fin_lookup",
            unique=True,
            sqlite_where=text("fin_confirmed_at IS NOT NULL"),
            postgresql_where=text("fin_confirmed_at IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    name: Mapped[Short]
    name_folded: Mapped[Short] = mapped_column(index=True)  # for search by staff: ə→e, ı→i …, lower case
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # folded; confirmed or not
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="az")
    fin_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    fin_lookup: Mapped[str | None] = mapped_column(String(64), index=True)
    fin_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    certificate_name_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[Moment]
    first_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a due day may count from it
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Flask-Login's protocol
    is_anonymous = False
    is_authenticated = True

    @property
    def is_active(self) -> bool:
        return self.closed_at is None

    @property
    def address(self) -> str | None:
        """Where notices are mailed: the e-mail address, once it is confirmed."""
        return self.email if self.email_confirmed_at else None


class Grant(Model):
    """A role given to somebody, by whom and when. Taken back by deleting the row; the audit log keeps the history."""

    __tablename__ = "grant"
    __table_args__ = (
        CheckConstraint("role != 'manager' OR organisation_id IS NOT NULL", name="manager_of_organisation"),
        CheckConstraint("role != 'officer' OR organisation_id IS NOT NULL", name="officer_of_organisation"),
        UniqueConstraint("user_id", "role", "organisation_id", "unit_id", "course_slug"),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # of organisations, which ranks above
    course_slug: Mapped[str | None] = mapped_column(String(100), index=True)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    granted_at: Mapped[Moment]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organisation: Mapped[Organisation | None] = relationship()


class SecondFactorState(StrEnum):
    """What of a second factor was shown on a device."""

    NONE = "none"
    GIVEN = "given"
    OWED = "owed"  # the organisation demands one and there is none yet: nothing is open before it is set up


class LoginSession(Model):
    """One signed-in device. Its cookie holds a random token, the row the hash. Revoking the row signs it out."""

    __tablename__ = "login_session"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    device: Mapped[Short]  # "Chrome · Windows"
    address: Mapped[str] = mapped_column(String(45))
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_factor: Mapped[str] = mapped_column(String(10), default="none", server_default="none")  # SecondFactorState
    provider: Mapped[str] = mapped_column(String(32), default="", server_default="")  # "": signed in here

    user: Mapped[User] = relationship()


class TokenPurpose(StrEnum):
    CONFIRM_EMAIL = "confirm_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105
    INVITATION = "invitation"
    ONE_TIME_CODE = "one_time_code"
    SECOND_STEP = "second_step"  # the first factor was right; kept by the browser that gave it


class Token(Model):
    """A secret sent to somebody once (a link, a code on paper). Stored hashed, used once, expires."""

    __tablename__ = "token"

    id: Mapped[Key]
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class SignInAttempt(Model):
    """Failed and successful tries, for throttling by account and by address; swept after a day."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_who", "identifier_hash", "at"),
        Index("ix_sign_in_attempt_from", "address", "at"),
    )

    id: Mapped[Key]
    identifier_hash: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[Moment]
    succeeded: Mapped[bool]
    reason: Mapped[Long] = mapped_column(default="")
