"""From a notice to words: one text template a kind and language; the HTML of the mail is made from the text.

A template's first line is the subject, the rest paragraphs parted by blank lines. "→ label: address" becomes a button,
lines that begin with "•" a list. What has a day to be kept is attached as a calendar file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import groupby
from typing import Any

from flask import render_template
from flask_babel import force_locale

from app.notices import icalendar, invitations
from app.notices.days import event
from app.notices.kinds import CHOICES, kind_of
from app.notices.models import Notice
from app.web import settings
from graders.course.model import Texts

ITEM = "• "
DATED = ("asked", "moved")
BUTTON = re.compile(r"^→ (?P<label>.+?): (?P<address>\S+)$")


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    text: str
    address: str = ""  # a link, when not empty; `text` is its label
    points: tuple[str, ...] = ()  # a list, when not empty


@dataclass(frozen=True, kw_only=True)
class Letter:
    subject: str
    paragraphs: tuple[Paragraph, ...]
    text: str  # as plain text, without the subject


def letter(kind: str, params: Mapping[str, Any], language: str) -> Letter:
    """The notice in `language`. Raises TemplateNotFound for an unknown kind."""
    with force_locale(language):
        written = render_template(f"notices/{kind}.txt", **params)
    subject, _, rest = written.strip().partition("\n")
    blocks = [block.strip() for block in re.split(r"\n\s*\n", rest) if block.strip()]
    paragraphs: list[Paragraph] = []
    for is_item, some in groupby(blocks, key=lambda block: block.startswith(ITEM)):
        if is_item:
            paragraphs.append(Paragraph(text="", points=tuple(block.removeprefix(ITEM) for block in some)))
        else:
            paragraphs += map(_paragraph, some)
    text = re.sub(rf"\n\n(?={ITEM})", "\n", "\n\n".join(blocks))  # a list without gaps
    return Letter(subject=" ".join(subject.split()), paragraphs=tuple(paragraphs), text=text + "\n")


def _paragraph(block: str) -> Paragraph:
    found = BUTTON.match(block)
    return Paragraph(text=found["label"], address=found["address"]) if found else Paragraph(text=block)


def mail(notice: Notice, params: Mapping[str, Any] | None = None) -> EmailMessage:
    """The mail of a notice: plain text and HTML; `params` None: as it was told. The Message-ID is always the same."""
    params = notice.params if params is None else params
    written = letter(notice.kind, params, notice.language)
    message = EmailMessage()
    message["Subject"] = written.subject
    message["From"] = settings().mail_from
    message["To"] = notice.address
    message["Date"] = format_datetime(notice.created_at)
    name = hashlib.sha256(notice.idempotency_key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{name}@{settings().mail_from.rpartition('@')[2].strip('<> ') or 'localhost'}>"
    message["Content-Language"] = notice.language
    message["Auto-Submitted"] = "auto-generated"
    chosen = notice.recipient_id is not None and kind_of(notice.kind).group in CHOICES
    with force_locale(notice.language):
        said: dict[str, Any] = {"letter": written, "mail_language": notice.language, "chosen": chosen}
        said["has_account"] = notice.recipient_id is not None
        html = render_template("notices/mail.html", **said)
        footer = render_template("notices/footer.txt", **said)
        days = _days(notice, params)
    message.set_content(f"{written.text}\n-- \n{footer.strip()}\n")
    message.add_alternative(html, subtype="html")
    if days:
        message.add_attachment(days, subtype="calendar", params={"method": "PUBLISH"}, filename="days.ics")
    for sent in invitations.of(notice):
        message.add_attachment(sent.text, subtype="calendar", params={"method": sent.method}, filename=sent.filename)
    return message


def _days(notice: Notice, params: Mapping[str, Any]) -> str:
    """What is newly asked or has moved, as an iCalendar file; nothing where no day is to be kept."""
    events = [
        event(
            line["obligation"],
            date.fromisoformat(line["on"]),
            Texts(line["titles"], "az").get(notice.language),
            renewal=False,
            organisation=", ".join(params["organisations"]),
        )
        for line in params.get("asked", ())
        if line.get("what") in DATED and line["on"]
    ]
    name = settings().centre_name
    return icalendar.text(events, name=name, language=notice.language, now=notice.created_at) if events else ""
