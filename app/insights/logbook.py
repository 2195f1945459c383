"""The audit log read by act, person, subject and day; a page at a time, never counted: it grows for ever."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, select

from app.accounts.models import User
from app.audit import AuditEvent
from app.clock import begins, end_of, in_baku
from app.db import db
from app.folding import fold
from app.insights import acts as words

PAGE = 100
MOST_EXPORTED = 50_000
NAMESAKES = 100  # people meant by a name at the most


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What of the log is meant; empty: all. `person`: a part of the name of who did it; days are those of Baku."""

    act: str = ""
    who: int | None = None
    person: str = ""
    subject: str = ""
    subject_id: str = ""
    first: date | None = None
    last: date | None = None

    def as_fields(self) -> dict[str, str]:
        """As fields of a form or an address; what is empty is left out."""
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True, kw_only=True)
class Entries:
    """A hundred entries of the audit log, the latest first, and whether there are older and newer ones."""

    events: Sequence[AuditEvent]
    has_older: bool
    has_newer: bool


def asked(chosen: Chosen) -> Select[Any]:
    query = select(AuditEvent)
    if chosen.act:
        query = query.where(AuditEvent.act == chosen.act)
    if chosen.who:
        query = query.where(AuditEvent.actor_id == chosen.who)
    if fold(chosen.person):
        named = select(User.id).where(User.name_folded.contains(fold(chosen.person), autoescape=True))
        query = query.where(AuditEvent.actor_id.in_(db.session.scalars(named.limit(NAMESAKES)).all()))
    if chosen.subject:
        query = query.where(AuditEvent.subject_type == chosen.subject)
    if chosen.subject_id:
        query = query.where(AuditEvent.subject_id == chosen.subject_id)
    if chosen.first is not None:
        query = query.where(AuditEvent.at >= begins(chosen.first))
    if chosen.last is not None:
        query = query.where(AuditEvent.at < end_of(chosen.last))
    return query


def entries(chosen: Chosen, *, before: int | None = None, after: int | None = None) -> Entries:
    """Of those chosen, a page next to the entry `before` or `after` which they came; neither: the latest."""
    query = asked(chosen)
    if after is not None:
        found = db.session.scalars(query.where(AuditEvent.id > after).order_by(AuditEvent.id).limit(PAGE + 1)).all()
        return Entries(events=found[:PAGE][::-1], has_older=True, has_newer=len(found) > PAGE)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    found = db.session.scalars(query.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
    return Entries(events=found[:PAGE], has_older=len(found) > PAGE, has_newer=before is not None)


def table(chosen: Chosen) -> list[list[str]]:
    """Heading and rows for a file, the latest first; no more than 50,000, and then it says so."""
    found = db.session.scalars(asked(chosen).order_by(AuditEvent.id.desc()).limit(MOST_EXPORTED + 1)).all()
    names = names_of({event.actor_id for event in found})
    heading = [gettext("Number"), gettext("When"), gettext("Who"), gettext("Act"), gettext("What"), gettext("Details")]
    rows = [[*heading, gettext("From"), "sha256"]]
    for event in found[:MOST_EXPORTED]:
        rows.append(
            [
                str(event.number or ""),
                in_baku(event.at).isoformat(timespec="seconds"),
                names.get(event.actor_id, "") if event.actor_id else gettext("the site"),
                words.act_words(event.act),
                f"{words.subject_words(event.subject_type)} {event.subject_id}".strip(),
                json.dumps(event.details, ensure_ascii=False, sort_keys=True) if event.details else "",
                event.address,
                event.digest or "",
            ]
        )
    if len(found) > MOST_EXPORTED:
        rows.append([gettext("There is more. Choose fewer days.")])
    return rows


def names_of(ids: Collection[int | None]) -> dict[int, str]:
    wanted = {id for id in ids if id is not None}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
