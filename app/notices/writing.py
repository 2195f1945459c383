"""From a notice to words: one text template a kind and language; the HTML of the mail is made from the text.

A template's first line is the subject, the rest paragraphs parted by blank lines. "→ label: address" becomes a button.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale

from app.notices.models import Notice
from app.web import settings

BUTTON = re.compile(r"^→ (?P<label>.+?): (?P<address>\S+)$")


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    text: str
    address: str = ""  # a link, when not empty; `text` is its label


@dataclass(frozen=True, kw_only=True)
class Letter:
    subject: str
    paragraphs: tuple[Paragraph, ...]
    text: str  # as plain text, without the subject


def letter(kind: str, params: dict[str, Any], language: str) -> Letter:
    """The notice in `language`. Raises TemplateNotFound for an unknown kind."""
    with force_locale(language):
        written = render_template(f"notices/{kind}.txt", **params)
    subject, _, rest = written.strip().partition("\n")
    blocks = [block.strip() for block in re.split(r"\n\s*\n", rest) if block.strip()]
    paragraphs = []
    for block in blocks:
        found = BUTTON.match(block)
        paragraphs.append(Paragraph(text=found["label"], address=found["address"]) if found else Paragraph(text=block))
    return Letter(subject=" ".join(subject.split()), paragraphs=tuple(paragraphs), text="\n\n".join(blocks) + "\n")


def mail(notice: Notice) -> EmailMessage:
    """The mail of a notice: plain text and HTML. The Message-ID is the same on every try."""
    written = letter(notice.kind, notice.params, notice.language)
    message = EmailMessage()
    message["Subject"] = written.subject
    message["From"] = settings().mail_from
    message["To"] = notice.address
    message["Date"] = format_datetime(notice.created_at)
    name = hashlib.sha256(notice.idempotency_key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{name}@{settings().mail_from.rpartition('@')[2].strip('<> ') or 'localhost'}>"
    message["Content-Language"] = notice.language
    message["Auto-Submitted"] = "auto-generated"
    with force_locale(notice.language):
        html = render_template("notices/mail.html", letter=written, mail_language=notice.language)
        footer = render_template("notices/footer.txt")
    message.set_content(f"{written.text}\n-- \n{footer.strip()}\n")
    message.add_alternative(html, subtype="html")
    return message
