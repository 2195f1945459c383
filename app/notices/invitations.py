"""Meetings as other calendars take them from a mail (RFC 5546): an invitation, its change, its end.

`params["invitations"]` holds what is invited to, one calendar object for each: a mail may not put two events into one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from app.notices.icalendar import escaped, written
from app.notices.models import Notice
from app.web import settings
from graders.course.model import Texts


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """`method` is REQUEST or CANCEL."""

    method: str
    filename: str
    text: str


def said(
    method: str, name: str, *, sequence: int, titles: dict[str, str], starts_at: datetime, ends_at: datetime, place: str
) -> dict[str, Any]:
    """One invitation as a notice keeps it. `name` stays when the meeting moves, `sequence` grows."""
    return {
        "method": method,
        "name": name,
        "sequence": sequence,
        "titles": dict(titles),
        "starts": starts_at.isoformat(),
        "ends": ends_at.isoformat(),
        "place": place,
    }


def of(notice: Notice) -> Iterator[Invitation]:
    """What is attached to the mail of the notice."""
    for number, one in enumerate(notice.params.get("invitations", ()), 1):
        yield Invitation(method=one["method"], filename=f"meeting-{number}.ics", text=written(_lines(one, notice)))


def _lines(one: dict[str, Any], notice: Notice) -> Iterator[str]:
    host = urlsplit(settings().public_url).hostname or "localhost"
    sender = parseaddr(settings().mail_from)[1]
    cancelled = one["method"] == "CANCEL"
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bilik//Training//EN", "CALSCALE:GREGORIAN")
    yield f"METHOD:{one['method']}"
    yield "BEGIN:VEVENT"
    yield f"UID:{one['name']}@{host}"
    yield f"SEQUENCE:{one['sequence']}"
    yield f"DTSTAMP:{_moment(notice.created_at)}"
    yield f"DTSTART:{_moment(datetime.fromisoformat(one['starts']))}"
    yield f"DTEND:{_moment(datetime.fromisoformat(one['ends']))}"
    yield f"SUMMARY;LANGUAGE={notice.language}:{escaped(Texts(one['titles'], 'az').get(notice.language))}"
    yield f"LOCATION:{escaped(one['place'])}"
    yield f"ORGANIZER:mailto:{sender}"
    yield f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{notice.address}"
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    yield from ("END:VEVENT", "END:VCALENDAR")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
