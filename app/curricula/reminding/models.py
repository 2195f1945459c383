"""What was told of which period to whom, by which rules, and how far the round of each day has come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db import Json, Key, Model, Moment, UtcDateTime


class ReminderRules(Model):
    """What an organisation chose; without a row the usual holds (`ladder.USUAL`)."""

    __tablename__ = "reminder_rules"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    steps: Mapped[Json]  # {"learner": ["-30", …, "window", "expired"], "manager": […], "officer": […]}
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # `hours.kept`; None: the usual ones
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[Moment]


class Reminder(Model):
    """One step of the ladder told to one of its audiences; never a second time, whoever tries."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("period_id", "audience", "step", "on_day"),
        Index("ix_reminder_round", "told_on", "organisation_id", "audience"),
    )

    id: Mapped[Key]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # of whom it is asked
    audience: Mapped[str] = mapped_column(String(8))  # learner, manager, officer
    step: Mapped[str] = mapped_column(String(8))  # "-7": days to the due day; asked, window, expired, closed
    on_day: Mapped[date]  # the due day, or the day on which the window opened, it expired, it was asked
    told_on: Mapped[date]  # the round
    told_at: Mapped[Moment]


class ReminderRound(Model):
    """The round of a working day, done in short transactions: it goes on where it stood, and is done once."""

    __tablename__ = "reminder_round"

    day: Mapped[date] = mapped_column(primary_key=True)
    since: Mapped[date]  # the day of the round before: what happened after it is told
    ahead_since: Mapped[date]  # up to where the round before looked ahead
    ahead: Mapped[date]  # the last day before the next working day: what falls on days off is told beforehand
    after_user: Mapped[int] = mapped_column(default=0)  # told up to this one
    learners_done: Mapped[bool] = mapped_column(default=False)
    after_organisation: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)  # reminders
    began_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReminderMark(Model):
    """How far something has been looked through that grows at its end, while parts of it may be committed late."""

    __tablename__ = "reminder_mark"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[Moment]  # when the last look from the beginning was begun: what was assigned by then is known
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the one under way
    after_source: Mapped[int] = mapped_column(default=0)  # looked at up to this source, by whichever look
