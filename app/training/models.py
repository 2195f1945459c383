"""Rooms, trainings of a course and the meetings they are made of."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.catalogue.models import Course
from app.db import Key, Long, Model, Moment, Short, UtcDateTime
from app.learning.models import Enrolment


class Room(Model):
    """Where meetings are held. An archived one keeps its past and takes no new meeting."""

    __tablename__ = "room"

    id: Mapped[Key]
    name: Mapped[Short] = mapped_column(unique=True)
    place: Mapped[Short]  # the address, as people look for it
    seats: Mapped[int]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Meeting(Model):
    """One coming together of a training. `reminded_at`: when those who are booked were reminded of it."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_meeting_room", "room_id", "starts_at"),
        Index("ix_meeting_starts", "starts_at"),
    )

    id: Mapped[Key]
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    room: Mapped[Room] = relationship(lazy="selectin")


class Training(Model):
    """A course, or a part of it, held in person: its meetings, who gives it, how many may come.

    What it refers to is loaded by statements of its own: PostgreSQL locks no row of an outer join (`hold`).
    """

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
    )

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    seats: Mapped[int]
    joins_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: until it begins
    cancels_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: until it begins
    share: Mapped[float]  # of the meetings, 0..1: who was at so many has attended
    note: Mapped[Long] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)  # of its events in calendars: one more with each move
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    cancelled_reason: Mapped[str] = mapped_column(String(500), default="")

    course: Mapped[Course] = relationship(lazy="selectin")
    trainer: Mapped[User] = relationship(foreign_keys=[trainer_id], lazy="selectin")
    meetings: Mapped[list[Meeting]] = relationship(
        order_by=Meeting.starts_at, lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def starts_at(self) -> datetime:
        return min(one.starts_at for one in self.meetings)

    def next_meeting(self, now: datetime) -> Meeting:
        """That which goes on or comes next; the last one when all are over."""
        return next((one for one in self.meetings if one.ends_at > now), self.meetings[-1])

    @property
    def ends_at(self) -> datetime:
        return max(one.ends_at for one in self.meetings)


class State(StrEnum):
    BOOKED = "booked"
    WAITING = "waiting"
    LEFT = "left"


class Booking(Model):
    """A seat, or a place on the waiting list: the smaller id asked first. Asked again after leaving: a new row."""

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_open",
            "training_id",
            "user_id",
            unique=True,
            sqlite_where=text("state != 'left'"),
            postgresql_where=text("state != 'left'"),
        ),
        Index("ix_booking_state", "training_id", "state"),
    )

    id: Mapped[Key]
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[Moment]
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    training: Mapped[Training] = relationship(lazy="selectin")
    user: Mapped[User] = relationship(lazy="selectin")
    enrolment: Mapped[Enrolment] = relationship()


class Attendance(Model):
    """Whether somebody was at a meeting: the mark that was made last."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "booking_id"),)

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    present: Mapped[bool]
    how: Mapped[str] = mapped_column(String(10))  # list, code
    marked_at: Mapped[Moment]  # when it was said, not when it arrived
    marked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
