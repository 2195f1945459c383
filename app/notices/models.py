"""The outbox, what its readers chose, and the days on which nobody works."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db import JsonList, Key, Model, Moment, Short, UtcDateTime


class Notice(Model):
    """One message to one person. `idempotency_key` makes a repeat of the same fact a no-op."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_due", "sent_at", "not_before"),
        Index("ix_notice_recipient", "recipient_id", "created_at"),
    )

    id: Mapped[Key]
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    recipient_id: Mapped[int | None]
    address: Mapped[str | None] = mapped_column(String(254))  # None: shown on the page only
    language: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(40))  # template templates/notices/<kind>.txt
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[Moment]
    not_before: Mapped[Moment]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DayOff(Model):
    """A day of the calendar that no law names in advance: announced holidays, days exchanged. Kept by staff."""

    __tablename__ = "day_off"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_off: Mapped[bool]  # False: worked, although it is a Saturday, say
    cause: Mapped[str] = mapped_column(String(20))  # ramazan, qurban, other
    note: Mapped[Short] = mapped_column(default="")  # the decision it stands in
    set_by: Mapped[int | None]
    set_at: Mapped[Moment]


class Preference(Model):
    """What somebody chose where there is a choice. Without a row everything comes, in working hours."""

    __tablename__ = "notice_preference"

    recipient_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    not_mailed: Mapped[JsonList]  # groups of kinds that stay on the page
    at_any_hour: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[Moment]


class CalendarFeed(Model):
    """The secret address of somebody's calendar; deleted when it is revoked. The address is made of `nonce`."""

    __tablename__ = "calendar_feed"

    id: Mapped[Key]
    recipient_id: Mapped[int] = mapped_column(unique=True)
    nonce: Mapped[str] = mapped_column(String(43))
    made_at: Mapped[Moment]
