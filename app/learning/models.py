"""One taking of a course by one person, alone or in a cohort, and how far it got."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.catalogue.models import Course, CourseVersion
from app.db import Key, Long, Model, Moment, Short, UtcDateTime


class Cohort(Model):
    """A group that takes a course together, with dates and instructors of the course. Days are days in Asia/Baku."""

    __tablename__ = "cohort"

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    name: Mapped[Short]
    language: Mapped[str] = mapped_column(String(2))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    seats: Mapped[int | None]
    join_code: Mapped[str] = mapped_column(String(12), unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    course: Mapped[Course] = relationship()


class UnitDue(Model):
    """When a unit is due for a cohort. Late is taken and marked."""

    __tablename__ = "unit_due"
    __table_args__ = (UniqueConstraint("cohort_id", "unit"),)

    id: Mapped[Key]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    unit: Mapped[str] = mapped_column(String(100))
    due_at: Mapped[Moment]


class Enrolment(Model):
    """One taking of a course. A renewal is a new row; `completed_at` is set once and never moved."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index(
            "uq_enrolment_open",
            "user_id",
            "course_id",
            unique=True,
            sqlite_where=text("left_at IS NULL AND completed_at IS NULL"),
            postgresql_where=text("left_at IS NULL AND completed_at IS NULL"),
        ),
        Index("ix_enrolment_cohort", "cohort_id", "left_at"),
        Index("ix_enrolment_completed", "completed_at"),
        Index("ix_enrolment_enrolled", "enrolled_at"),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    enrolled_at: Mapped[Moment]
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when enough was attended in person
    score: Mapped[float | None]  # share of points, 0..1, fixed at completion

    user: Mapped[User] = relationship()
    course: Mapped[Course] = relationship()
    version: Mapped[CourseVersion] = relationship()
    cohort: Mapped[Cohort | None] = relationship()


class Extension(Model):
    """A later due moment for one learner and unit, with the reason and who gave it."""

    __tablename__ = "extension"
    __table_args__ = (UniqueConstraint("enrolment_id", "unit"),)

    id: Mapped[Key]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(100))
    due_at: Mapped[Moment]
    reason: Mapped[Long]
    given_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    given_at: Mapped[Moment]


class ItemProgress(Model):
    """How one enrolment stands on one item ("unit/item"): lessons are done when said so, graded items by points.

    `points` is what counts: the best or last verdict, or what an instructor set (`set_*`, kept beside it).
    """

    __tablename__ = "item_progress"
    __table_args__ = (UniqueConstraint("enrolment_id", "item"),)

    id: Mapped[Key]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    item: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[Moment]
    points: Mapped[float] = mapped_column(default=0.0)
    max_points: Mapped[float] = mapped_column(default=0.0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late: Mapped[bool] = mapped_column(default=False)
    counting_submission_id: Mapped[int | None]  # grading's row; a plain number, grading ranks above
    attempts_reset_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # attempts before this moment do not count as used
    hints_taken: Mapped[int] = mapped_column(default=0)
    set_points: Mapped[float | None]
    set_reason: Mapped[str] = mapped_column(String(500), default="")
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excused_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    excused_reason: Mapped[str] = mapped_column(String(500), default="")

    enrolment: Mapped[Enrolment] = relationship()


class Announcement(Model):
    """Said by an instructor to a cohort; shown on its page and mailed."""

    __tablename__ = "announcement"

    id: Mapped[Key]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    title: Mapped[Short]
    body: Mapped[Long]  # Markdown
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
