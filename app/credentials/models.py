"""Certificates as printed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from app.db import Key, Model, Moment, Short, UtcDateTime
from app.learning.models import Enrolment


class Certificate(Model):
    """What was certified, exactly as printed. One per enrolment."""

    __tablename__ = "certificate"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # public: what the QR opens
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[Short]
    titles: Mapped[dict[str, Any]] = mapped_column(JSON)  # {language: title as printed}
    hours: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)  # version digest, score, way (rules.Way), skills
    issued_at: Mapped[Moment]
    expires_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    revoked_reason: Mapped[str] = mapped_column(String(500), default="")

    enrolment: Mapped[Enrolment] = relationship()
