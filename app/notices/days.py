"""A due day as an event of a calendar: in the feed and beside a mail the same, so that it is one event there."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from flask_babel import gettext as _

from app.notices.icalendar import Event
from app.web import link, settings


def event(obligation_id: int, day: date, title: str, *, renewal: bool, organisation: str) -> Event:
    """In the language in force."""
    host = urlsplit(settings().public_url).hostname or "localhost"
    url = link("obligations.show", obligation_id=obligation_id)
    asked = _("Last day to renew: %(title)s", title=title) if renewal else _("Last day: %(title)s", title=title)
    said = _("%(organisation)s asks for it. Open the task: %(address)s", organisation=organisation, address=url)
    return Event(uid=f"obligation-{obligation_id}@{host}", day=day, summary=asked, description=said, url=url)
