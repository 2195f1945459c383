"""Audiences, the versions of their rules, and who was in them from a day until a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.db import Json, Key, Model, Moment, Short, UtcDateTime


class Audience(Model):
    __tablename__ = "audience"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))  # nobody from elsewhere is ever in it
    name: Mapped[Short]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recomputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class AudienceVersion(Model):
    """A rule as it was from a moment on. The newest is in force; none is ever changed."""

    __tablename__ = "audience_version"
    __table_args__ = (UniqueConstraint("audience_id", "number"),)

    id: Mapped[Key]
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience.id"))
    number: Mapped[int]
    rule: Mapped[Json]  # see audiences/rules.py
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]

    audience: Mapped[Audience] = relationship()


class AudienceMember(Model):
    """Somebody fitted from a day until a day (inclusive; still does when None). At most one open row a person."""

    __tablename__ = "audience_member"
    __table_args__ = (
        Index(
            "uq_audience_member_open",
            "audience_id",
            "user_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
        Index("ix_audience_member_user", "user_id"),
        Index("ix_audience_member_days", "audience_id", "until_on"),
    )

    id: Mapped[Key]
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
