"""Requirements, obligations, periods, and what moves or ends them.

Every day is a day in Asia/Baku; a last day (`until_on`) is the last one that counts, open when None.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, User
from app.audiences.models import Audience
from app.db import Json, JsonList, Key, Long, Model, Moment, Short, UtcDateTime

IS_OPEN = text("until_on IS NULL")


def one_open(name: str, *columns: str) -> Index:
    """At most one open row of the same `columns`."""
    return Index(name, *columns, unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


class Renewal(StrEnum):
    """From which day a completion is valid (Totara's `recertifydatetype`; credentials-reference §5.1)."""

    COMPLETION = "completion"
    EXPIRY = "expiry"
    FIXED = "fixed"


class Requirement(Model):
    """Something an organisation asks its people to learn; its versions say what. Archived, never deleted."""

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(120))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    archived_on: Mapped[date | None]  # from this day nobody is asked any more

    organisation: Mapped[Organisation] = relationship()


class RequirementVersion(Model):
    """What the requirement asks from a day on, until the next version."""

    __tablename__ = "requirement_version"
    __table_args__ = (
        UniqueConstraint("requirement_id", "number"),
        CheckConstraint("validity_months IS NULL OR validity_months > 0", name="validity"),
        CheckConstraint("window_days >= 0", name="window"),
    )

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    number: Mapped[int]
    from_on: Mapped[date]
    titles: Mapped[Json]  # {language: text}
    reasons: Mapped[Json]  # {language: why it is asked, for those of whom it is}
    parts: Mapped[
        JsonList
    ]  # sets in the order they are taken: {"need": "all" | "any" | "in_order", "count": N, "courses": […]}
    equivalents: Mapped[Json]  # {course: courses each of which counts in its place}
    test_out: Mapped[str | None] = mapped_column(String(100))  # finishing this course is finishing the whole
    due: Mapped[
        Json
    ]  # {"on": day} | {"after": days, "from": "assigned" | "job" | "sign_in" | "course", "course": slug} | {}
    closes_after_days: Mapped[int | None]  # after the due day; then a first period has failed
    validity_months: Mapped[int | None]  # None: for good
    window_days: Mapped[int] = mapped_column(default=0)  # before expiry
    renewal: Mapped[str] = mapped_column(String(12), default=Renewal.COMPLETION)
    minimum_validity_days: Mapped[int] = mapped_column(default=0)  # for `fixed`: Totara's minimum active period
    look_back_days: Mapped[int] = mapped_column(default=0)  # courses finished so long before the start count, too
    minimum_days: Mapped[int] = mapped_column(default=0)  # what it takes; less time is an exception
    applied_on: Mapped[date | None]  # its due days were given to who was asked before
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]

    requirement: Mapped[Requirement] = relationship()


class RequirementCourse(Model):
    """A course that may count for a version: of a part, an equivalent, a test-out. For queries; the version decides."""

    __tablename__ = "requirement_course"
    __table_args__ = (UniqueConstraint("version_id", "course_id"),)

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("requirement_version.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)


class RequirementAudience(Model):
    """Everybody in the audience is asked, from a day until a day."""

    __tablename__ = "requirement_audience"
    __table_args__ = (one_open("uq_requirement_audience_open", "requirement_id", "audience_id"),)

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    audience: Mapped[Audience] = relationship()


class Proposal(Model):
    """A change of a requirement while somebody looks at what it would do; applied once, or never."""

    __tablename__ = "proposal"

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # change, attach, detach
    draft: Mapped[Json]  # of a change: the fields of a version
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    from_on: Mapped[date]
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    requirement: Mapped[Requirement] = relationship()
    audience: Mapped[Audience | None] = relationship()


class Obligation(Model):
    """One person, one requirement. In force on a day when one of its sources is and the requirement is not archived."""

    __tablename__ = "obligation"
    __table_args__ = (UniqueConstraint("user_id", "requirement_id"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), index=True)

    user: Mapped[User] = relationship()
    requirement: Mapped[Requirement] = relationship()


class Source(Model):
    """Why somebody is asked: an audience (`audience_id`), or a person who assigned it (`assigned_by`)."""

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("(audience_id IS NULL) != (assigned_by IS NULL)", name="one_cause"),
        Index("ix_source_obligation", "obligation_id", "until_on"),
        one_open("uq_source_audience_open", "obligation_id", "audience_id"),
        Index("ix_source_audience", "audience_id", "until_on"),
        Index("ix_source_assigned", "assigned_at"),
    )

    id: Mapped[Key]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"))
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    assigned_at: Mapped[Moment]
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    obligation: Mapped[Obligation] = relationship()
    audience: Mapped[Audience | None] = relationship()


class Period(Model):
    """One taking of a requirement. Number 0 is the first; a renewal is made on the day the window before it opens."""

    __tablename__ = "period"
    __table_args__ = (
        UniqueConstraint("obligation_id", "number"),
        CheckConstraint("(completed_on IS NULL) = (completed_by IS NULL)", name="completed"),
        CheckConstraint("expires_on IS NULL OR window_opens_on <= expires_on", name="window"),
        Index("ix_period_window", "window_opens_on"),
        Index("ix_period_expires", "expires_on"),
    )

    id: Mapped[Key]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"))
    number: Mapped[int] = mapped_column(default=0)
    start_on: Mapped[date]
    begun_on: Mapped[date | None]  # the first of its courses was begun
    version_id: Mapped[int | None] = mapped_column(ForeignKey("requirement_version.id"))  # by which it was completed
    completed_on: Mapped[date | None]
    completed_by: Mapped[Json | None]  # {"enrolments": […]} | {"evidence": id} | {"by": user id, "reason": …}
    window_opens_on: Mapped[date | None]
    expires_on: Mapped[date | None]  # the first day on which it is not valid; None with completed_on: for good

    obligation: Mapped[Obligation] = relationship()


class DueDate(Model):
    """By when a period was due, as it was held from a day until a day: what was due on 31 March stays answerable."""

    __tablename__ = "due_date"
    __table_args__ = (
        one_open("uq_due_date_open", "period_id"),
        Index("ix_due_date_due", "due_on"),
        Index("ix_due_date_period", "period_id", "from_on"),
    )

    id: Mapped[Key]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    due_on: Mapped[date | None]  # the last day on which it is in time
    closes_on: Mapped[date | None]  # the last day before it has failed
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    cause: Mapped[str] = mapped_column(String(20))  # assigned, changed, extended, realistic, renewal, leave

    period: Mapped[Period] = relationship()


class Decision(StrEnum):
    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


class DueExtension(Model):
    """More time: asked for by the learner, granted or refused; or given unasked (then asked and decided at once)."""

    __tablename__ = "due_extension"
    __table_args__ = (
        Index(
            "uq_due_extension_waiting",
            "period_id",
            unique=True,
            sqlite_where=text("decision = 'waiting'"),
            postgresql_where=text("decision = 'waiting'"),
        ),
    )

    id: Mapped[Key]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[Moment]
    wanted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    decision: Mapped[str] = mapped_column(String(10), default=Decision.WAITING)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(String(500), default="")

    period: Mapped[Period] = relationship()


class Exemption(Model):
    """Somebody need not, from a day until a day: reason, document, who decided."""

    __tablename__ = "exemption"

    id: Mapped[Key]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # qualified, medical, retiring, other
    reason: Mapped[str] = mapped_column(String(500))
    document: Mapped[str | None] = mapped_column(String(64))  # blob
    document_name: Mapped[Short] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    decided_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[Moment]

    obligation: Mapped[Obligation] = relationship()


class Evidence(Model):
    """Prior learning: a document handed in, checked by somebody. Granted, it completes the period."""

    __tablename__ = "evidence"

    id: Mapped[Key]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    issuer: Mapped[Short]
    title: Mapped[Short]
    learnt_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(64))  # blob
    document_name: Mapped[Short]
    note: Mapped[Long] = mapped_column(default="")
    handed_in_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    handed_in_at: Mapped[Moment]
    decision: Mapped[str] = mapped_column(String(10), default=Decision.WAITING, index=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(500), default="")

    period: Mapped[Period] = relationship()


class Doubt(StrEnum):
    """Why somebody was not simply asked (Totara's exceptions, credentials-reference §5.1)."""

    TOO_LITTLE_TIME = "too_little_time"
    ALREADY_ASSIGNED = "already_assigned"  # by hand, and now by an audience with another due day
    DUPLICATE = "duplicate"  # one of its courses is asked by another requirement, too
    DAY_UNKNOWN = "day_unknown"  # the due day counts from something that has not happened


class AllocationException(Model):
    """Somebody whom an audience brought and who waits for a decision: assign, assign with a realistic day, do not."""

    __tablename__ = "allocation_exception"
    __table_args__ = (
        Index(
            "uq_allocation_exception_open",
            "requirement_id",
            "user_id",
            "audience_id",
            "doubt",
            unique=True,
            sqlite_where=text("action IS NULL"),
            postgresql_where=text("action IS NULL"),
        ),
        Index("ix_allocation_exception_who", "user_id", "requirement_id"),
    )

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    member_since: Mapped[date | None]  # dismissed, it holds until the person leaves the audience
    doubt: Mapped[str] = mapped_column(String(20))
    details: Mapped[Json]
    raised_at: Mapped[Moment]
    action: Mapped[str | None] = mapped_column(String(12))  # assign, realistic, dismiss; lapsed: left the audience
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    requirement: Mapped[Requirement] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Nightly(Model):
    """The run of a day: what was due is done once, however many workers look, and a night that was missed is seen."""

    __tablename__ = "nightly"

    day: Mapped[date] = mapped_column(primary_key=True)
    began_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summary: Mapped[Json]
