"""Who did what, append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db import Key, Model, Moment, db


class AuditEvent(Model):
    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_at", "at"),
        Index("ix_audit_event_subject", "subject_type", "subject_id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
        Index("ix_audit_event_act", "act", "id"),
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    act: Mapped[str] = mapped_column(String(60))  # "signed_in", "role_granted", "points_set", "certificate_revoked" …
    subject_type: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    address: Mapped[str] = mapped_column(String(45), default="")


def record(
    act: str,
    *,
    actor_id: int | None,
    now: datetime,
    subject_type: str = "",
    subject_id: object = "",
    address: str = "",
    **details: Any,
) -> None:
    """Write that something happened, in the transaction of the thing itself. No secrets, FINs or code in `details`."""
    db.session.add(
        AuditEvent(
            at=now,
            actor_id=actor_id,
            act=act,
            subject_type=subject_type,
            subject_id=str(subject_id),
            details=details,
            address=address,
        )
    )
