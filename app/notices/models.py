"""The outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db import Key, Model, Moment, UtcDateTime


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
