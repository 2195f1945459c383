"""Days as other calendars read them (RFC 5545). Pure text: whole days, free time, one event for each thing asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.clock import DAY

MIME = "text/calendar; charset=utf-8; method=PUBLISH"
MOST_OCTETS = 75  # of a line; longer ones are folded


@dataclass(frozen=True, kw_only=True)
class Event:
    """`uid` stays when the day moves: the calendar then moves the event, too."""

    uid: str
    day: date
    summary: str
    description: str
    url: str


def text(events: Iterable[Event], *, name: str, language: str, now: datetime) -> str:
    """The whole file, with the line ends the standard wants."""
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Bilik//Due days//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME;LANGUAGE={language}:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    return written([*head, *(line for event in events for line in _event(event, language, now)), "END:VCALENDAR"])


def written(lines: Iterable[str]) -> str:
    """The lines as they are sent: folded, each with its end."""
    return "".join(part + "\r\n" for line in lines for part in _folded(line))


def _event(event: Event, language: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + DAY:%Y%m%d}"
    yield f"SUMMARY;LANGUAGE={language}:{escaped(event.summary)}"
    yield f"DESCRIPTION;LANGUAGE={language}:{escaped(event.description)}"
    yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(words: str) -> str:
    """As a value of a line."""
    words = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(words.splitlines())


def _folded(line: str) -> Iterator[str]:
    """At most 75 octets each, no letter cut in two; what follows begins with a blank."""
    part, room = "", MOST_OCTETS
    for sign in line:
        size = len(sign.encode())
        if size > room:
            yield part
            part, room = " ", MOST_OCTETS - 1
        part, room = part + sign, room - size
    yield part
