"""Units, positions, jobs and leave. Every day is a day in Asia/Baku; a last day is the last one that counts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, User
from app.db import Json, Key, Model, Moment, Short, UtcDateTime


class Unit(Model):
    """A department. Known by its code within the organisation; the one without a parent is the organisation itself."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        UniqueConstraint("id", "organisation_id"),  # what a job's pair of keys refers to
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[Short]
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()


class Placement(Model):
    """Under which unit a unit stands, from a day until a day: a unit that moves keeps its past places."""

    __tablename__ = "placement"
    __table_args__ = (Index("ix_placement_parent", "parent_id", "unit_id"),)

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Position(Model):
    """A position of the classification of the civil service."""

    __tablename__ = "position"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Short]


class Job(Model):
    """Somebody works in a unit, from a day until a day. Several at once are possible."""

    __tablename__ = "job"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "organisation_id"], ["unit.id", "unit.organisation_id"], name="fk_job_unit_of_organisation"
        ),
        Index("ix_job_organisation", "organisation_id", "until_on"),
        Index("ix_job_unit", "unit_id", "until_on"),
        Index("ix_job_number", "organisation_id", "number"),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int]
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(60))  # of the person in the organisation's personnel system
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organisation: Mapped[Organisation] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys="Job.unit_id", primaryjoin="Job.unit_id == Unit.id", viewonly=True)
    position: Mapped[Position | None] = relationship()
    manager: Mapped[User | None] = relationship(foreign_keys=[manager_id])


class RunState(StrEnum):
    """What became of a file."""

    LOOKED_AT = "looked_at"  # the difference was shown; nothing has changed
    WAITING = "waiting"  # of the nightly sync: too much would change without anybody having said so
    APPLIED = "applied"
    REFUSED = "refused"  # it has errors
    DROPPED = "dropped"


class ImportRun(Model):
    """A file that says who works where: what it would change, what became of it, by whom."""

    __tablename__ = "import_run"
    __table_args__ = (Index("ix_import_run_organisation", "organisation_id", "id"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    is_nightly: Mapped[bool] = mapped_column(default=False)
    file_name: Mapped[Short]
    sha256: Mapped[str] = mapped_column(String(64))  # of the file as it came
    kept: Mapped[str | None] = mapped_column(String(64))  # blob: the file, encrypted, until it is decided about
    is_full: Mapped[bool]  # who is not in it has left
    state: Mapped[str] = mapped_column(String(10))
    plan_digest: Mapped[str] = mapped_column(String(64))  # of every change it would make
    counts: Mapped[Json]  # {kind of change: how many}
    report: Mapped[Json]  # see organisations/planning.py; FINs are masked in it
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=[created_by])
    decider: Mapped[User | None] = relationship(foreign_keys=[decided_by])


class Leave(Model):
    """Somebody is away from work: parental leave, long illness, service. What is asked of them pauses."""

    __tablename__ = "leave"
    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(20))  # parental, illness, service, study, other
    reason: Mapped[str] = mapped_column(String(500), default="")
    document: Mapped[str | None] = mapped_column(String(64))  # blob
    document_name: Mapped[Short] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[Moment]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
