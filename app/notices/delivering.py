"""The outbox is emptied here: by SMTP where a server is set, else into `.eml` files of the data folder."""

from __future__ import annotations

import os
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import structlog
from jinja2 import TemplateError
from sqlalchemy import select, update

from app.config import Settings
from app.db import db
from app.notices.confirming import params_now
from app.notices.models import Notice
from app.notices.writing import mail
from app.web import settings

MOST_AT_ONCE = 50
MOST_FAILURES = 8  # with the waits below about two days
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=12)
SENDING = timedelta(minutes=20)  # longer than a whole round may take; a worker that dies in it costs so much

log = structlog.get_logger("bilik")


def deliver_due(now: datetime) -> int:
    """Send what is due and still true; the number sent. A failure waits longer each time and is given up after eight.

    Commits by itself after each mail: what has left the house cannot be rolled back with the next one.
    """
    due = select(Notice.id).where(
        Notice.sent_at.is_(None),
        Notice.address.is_not(None),
        Notice.not_before <= now,
        Notice.failures < MOST_FAILURES,
    )
    waiting = list(db.session.scalars(due.order_by(Notice.not_before, Notice.id).limit(MOST_AT_ONCE)))
    db.session.rollback()
    return sum(_deliver(notice_id, now) for notice_id in waiting)


def _deliver(notice_id: int, now: datetime) -> bool:
    """Take it before any other worker, send it outside a transaction (a mail server may be slow), note how it went.

    What is settled meanwhile is not sent.
    """
    free = (Notice.id == notice_id) & Notice.sent_at.is_(None) & (Notice.not_before <= now)
    taken = db.session.scalar(update(Notice).where(free).values(not_before=now + SENDING).returning(Notice.id))
    db.session.commit()
    if taken is None:
        return False
    notice = db.session.get_one(Notice, notice_id)
    problem = ""
    try:
        params = params_now(notice, now)
        message = mail(notice, params) if params is not None else None
        db.session.rollback()
        if message is not None:
            send(message, settings())
    except (OSError, smtplib.SMTPException, TemplateError, ValueError, LookupError) as error:
        message = None
        db.session.rollback()
        problem = f"{type(error).__name__}: {error}"
    notice = db.session.get_one(Notice, notice_id)
    if problem:
        notice.failures += 1
        notice.not_before = now + min(FIRST_WAIT * 4 ** (notice.failures - 1), LONGEST_WAIT)
        log.warning(
            "a mail was not sent", notice=notice_id, kind=notice.kind, failures=notice.failures, problem=problem
        )
    else:
        notice.sent_at = now
        if message is None:  # settled meanwhile: on the page only
            notice.address = None
        notice.params = {name: value for name, value in notice.params.items() if name != "token"}
    db.session.commit()
    return message is not None


def send(message: EmailMessage, chosen: Settings) -> None:
    """Raises OSError or SMTPException when it did not leave."""
    if chosen.smtp_host is None:
        _write_down(message, mail_folder(chosen))
        return
    with smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=20) as server:
        if chosen.smtp_tls:
            server.starttls()
        if chosen.smtp_user:
            server.login(chosen.smtp_user, chosen.smtp_password or "")
        server.send_message(message)


def mail_folder(chosen: Settings) -> Path:
    return chosen.data_folder / "mail"


def _write_down(message: EmailMessage, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    name = message["Message-ID"].strip("<>").partition("@")[0]
    new = folder / f".{name}.new"
    new.write_bytes(bytes(message))
    os.replace(new, folder / f"{name}.eml")
