"""What an agency's systems signed in with and what they know our people and units as."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, User
from app.db import Json, Key, Model, Moment, Short, UtcDateTime
from app.organisations.models import Job, Unit


class Kind(StrEnum):
    USER = "User"
    GROUP = "Group"


class ScimToken(Model):
    """What a system of an agency shows with every request; shown once, kept as a hash. It is of one organisation."""

    __tablename__ = "scim_token"

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[Short]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class ScimResource(Model):
    """A person or a unit as the systems of one agency know it.

    `extra` holds what the agency said of it and gets back, as SCIM writes it; where somebody works is not in it but in
    the jobs. A deleted one stays, so that who is sent again is known.
    """

    __tablename__ = "scim_resource"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'User' AND user_id IS NOT NULL AND unit_id IS NULL AND user_name_key IS NOT NULL)"
            " OR (kind = 'Group' AND user_id IS NULL AND unit_id IS NOT NULL)",
            name="of_kind",
        ),
        UniqueConstraint("uid"),
        *(
            Index(
                f"uq_scim_resource_{what}",
                "organisation_id",
                column,
                unique=True,
                sqlite_where=text("deleted_at IS NULL"),
                postgresql_where=text("deleted_at IS NULL"),
            )
            for what, column in (("user_name", "user_name_key"), ("user", "user_id"), ("unit", "unit_id"))
        ),
        Index("ix_scim_resource_external", "organisation_id", "kind", "external_id"),
        Index("ix_scim_resource_kind", "organisation_id", "kind", "id"),
    )

    id: Mapped[Key]
    uid: Mapped[str] = mapped_column(String(36))  # what the agency knows it by
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(5))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))  # the job its attributes speak of
    user_name: Mapped[Short] = mapped_column(default="")
    user_name_key: Mapped[str | None] = mapped_column(String(200))  # as compared: without case
    external_id: Mapped[str | None] = mapped_column(String(200))
    made_account: Mapped[bool] = mapped_column(default=False)  # the person's account began with this
    extra: Mapped[Json]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    job: Mapped[Job | None] = relationship()
