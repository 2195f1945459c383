"""The calendar of one's due days, at a secret address: calendars cannot sign in."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask_babel import force_locale

from app.accounts.models import User
from app.clock import utc_now
from app.curricula.reminding import days
from app.db import db
from app.notices import feeds
from app.web import limiter, settings

pages = Blueprint("calendar", __name__)


@pages.get("/calendar/<int:feed_id>/<token>.ics")
@limiter.limit("120/hour")
def feed(feed_id: int, token: str) -> Response:
    """404 for an address that is wrong or was revoked: nobody learns whether there ever was one."""
    reader = feeds.reader(feed_id, token, settings().data_folder)
    user = db.session.get(User, reader) if reader is not None else None
    if user is None or not user.is_active:
        abort(404)
    with force_locale(user.language):
        text = days.calendar_of(user, now=utc_now())
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
