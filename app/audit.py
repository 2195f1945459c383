"""Who did what: append-only, and chained so that no later edit goes unseen.

An event is written in the transaction of the thing itself, without a place in the chain: a place would have to be held
until that transaction ends, and everybody who writes would wait for an import of a minute. The worker seals within
seconds what has been committed: each event gets the next number, the digest of the one before and its own. What is
changed, removed, put in between or re-ordered afterwards breaks the chain there. Cutting off its end, or writing all
of it anew, does not; so its head is put down once a day outside the database (`anchor`), shown to administrators and
mailed to them (insights/anchoring.py): who owns the machine can change all that lies on it, and no mailbox elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.clock import in_baku
from app.db import Key, Model, Moment, db, one_at_a_time

GENESIS = "0" * 64  # what the first event follows
AT_ONCE = 2000
ANCHORS = Path("anchors") / "audit.txt"  # in the data folder


class AuditEvent(Model):
    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_at", "at"),
        Index("ix_audit_event_subject", "subject_type", "subject_id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
        Index("ix_audit_event_act", "act", "id"),
        Index("uq_audit_event_number", "number", unique=True),
        Index(
            "ix_audit_event_unsealed",
            "id",
            sqlite_where=text("number IS NULL"),
            postgresql_where=text("number IS NULL"),
        ),
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    act: Mapped[str] = mapped_column(String(60))  # "signed_in", "role_granted", "points_set", "certificate_revoked" …
    subject_type: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    address: Mapped[str] = mapped_column(String(45), default="")
    number: Mapped[int | None]  # its place in the chain, without gaps from 1; None until it is sealed
    previous: Mapped[str | None] = mapped_column(String(64))  # the digest of the event before
    digest: Mapped[str | None] = mapped_column(String(64))


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
    """Write that something happened, in the transaction of the thing itself.

    No secrets, FINs, code or names of people in `details`: people are said by number, so that they can be forgotten
    without an event changing.
    """
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


# ---- the chain


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last sealed event, or 0 and GENESIS."""

    number: int
    digest: str


class Fault(StrEnum):
    CHANGED = "changed"  # its content is not what was sealed: edited, or moved to another place
    MISSING = "missing"  # there is none of this number
    UNLINKED = "unlinked"  # it does not follow the one before: inserted, or the one before was replaced
    CUT = "cut"  # the chain ends before an anchor
    NOT_ANCHORED = "not_anchored"  # another event than the one that was anchored: written anew up to here


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`fault` is the first, at the event of `number`; None: all is as it was sealed."""

    head: Head
    fault: Fault | None = None
    number: int = 0
    event_id: int | None = None


def digest_of(event: Any) -> str:
    """sha256 of the event with its place, in hex.

    Over JSON with sorted keys and no blanks: only this module reads it, and numbers in `details` are written and read
    by Python alone, so RFC 8785 would add a library and no meaning.
    """
    said = [
        *(event.number, event.previous, event.id, event.at.astimezone(UTC).isoformat(timespec="microseconds")),
        *(event.actor_id, event.act, event.subject_type, event.subject_id, event.details, event.address),
    ]
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def head() -> Head:
    found = db.session.execute(
        select(AuditEvent.number, AuditEvent.digest)
        .where(AuditEvent.number.is_not(None))
        .order_by(AuditEvent.number.desc())
        .limit(1)
    ).first()
    return Head(number=found[0] or 0, digest=found[1] or "") if found else Head(number=0, digest=GENESIS)


def has_unsealed() -> bool:
    return db.session.scalar(select(AuditEvent.id).where(AuditEvent.number.is_(None)).limit(1)) is not None


def seal() -> int:
    """Give the next events (2,000 at the most) their place in the chain; return how many there were.

    One sealer at a time. What a longer transaction commits later comes later, whatever its id and moment.
    """
    one_at_a_time("audit")
    last = head()
    rows = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.number.is_(None))
        .order_by(AuditEvent.id)
        .limit(AT_ONCE)
        .execution_options(populate_existing=True)
    ).all()
    places = []
    for event in rows:
        event.number, event.previous = last.number + 1, last.digest
        last = Head(number=event.number, digest=digest_of(event))
        places.append({"id": event.id, "number": event.number, "previous": event.previous, "digest": last.digest})
        db.session.expunge(event)
    if places:
        db.session.execute(update(AuditEvent), places)
    return len(places)


def verify(anchors: Sequence[Head] = ()) -> Verdict:
    """Read the whole chain and find the first event that is not as it was sealed, or not as it was anchored."""
    anchored: dict[int, set[str]] = {}
    for one in anchors:
        anchored.setdefault(one.number, set()).add(one.digest)
    last = Head(number=0, digest=GENESIS)
    columns = AuditEvent.__table__.c
    rows = db.session.execute(
        select(*columns)
        .where(columns.number.is_not(None))
        .order_by(columns.number)
        .execution_options(yield_per=AT_ONCE)
    )
    for event in rows:
        fault = None
        if event.number != last.number + 1:
            return Verdict(head=last, fault=Fault.MISSING, number=last.number + 1)
        if digest_of(event) != event.digest:
            fault = Fault.CHANGED
        elif event.previous != last.digest:
            fault = Fault.UNLINKED
        elif anchored.get(event.number, set()) - {event.digest}:
            fault = Fault.NOT_ANCHORED
        if fault is not None:
            return Verdict(head=last, fault=fault, number=event.number, event_id=event.id)
        last = Head(number=event.number, digest=event.digest)
    if max(anchored, default=0) > last.number:
        return Verdict(head=last, fault=Fault.CUT, number=last.number + 1)
    return Verdict(head=last)


# ---- anchors


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The head as it was put down on a day in Baku."""

    head: Head
    day: date


def anchor(data_folder: Path, now: datetime) -> bool:
    """Once a Baku day, put the head down in a file beside the database; return whether a line was written."""
    last, day, known = head(), in_baku(now).date(), _put_down(data_folder)
    if last.number == 0 or (known and known[-1].day == day):
        return False
    path = data_folder / ANCHORS
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write(f"{last.number} {last.digest} {day.isoformat()}\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def anchors(data_folder: Path) -> list[Head]:
    """What was put down."""
    return [one.head for one in _put_down(data_folder)]


def news(data_folder: Path) -> Anchor | None:
    """What was put down last, where it is not what stood there before."""
    known = _put_down(data_folder)
    return known[-1] if known and known[-1].head not in [one.head for one in known[-2:-1]] else None


def _put_down(data_folder: Path) -> list[Anchor]:
    """A line that is not whole (the disk was full) says nothing."""
    path = data_folder / ANCHORS
    lines = [line.split() for line in path.read_text().split("\n")] if path.exists() else []
    return [
        Anchor(head=Head(number=int(one[0]), digest=one[1]), day=date.fromisoformat(one[2]))
        for one in lines
        if len(one) == 3 and one[0].isdecimal() and len(one[1]) == len(GENESIS) and len(one[2]) == len("2026-11-22")
    ]
