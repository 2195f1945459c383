"""The inbox."""

from __future__ import annotations

import structlog
from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from jinja2 import TemplateError

from app.clock import utc_now
from app.db import db
from app.notices import reading, writing
from app.web import language, page_number

pages = Blueprint("notices", __name__)


@pages.get("/notices")
def inbox() -> ResponseReturnValue:
    number = page_number()
    found, count = reading.page(current_user.id, number)
    entries = []
    for notice in found:
        try:
            entries.append((notice, writing.letter(notice.kind, notice.params, language())))
        except TemplateError as problem:  # one that cannot be written must not hide the others
            structlog.get_logger("bilik").error("a notice cannot be written", kind=notice.kind, problem=str(problem))
    return render_template("notices/inbox.html", entries=entries, page=number, pages=count)


@pages.post("/notices/read")
def mark_read() -> ResponseReturnValue:
    reading.mark_read(current_user.id, utc_now())
    db.session.commit()
    return redirect(url_for("notices.inbox"), 303)
