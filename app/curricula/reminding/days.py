"""One's due days as a calendar shows them: an event for each thing asked, on the last day that counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import User
from app.clock import DAY, in_baku
from app.config import LANGUAGES
from app.curricula.models import Obligation
from app.curricula.reminding.letters import names_of, titles_of
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.db import db
from app.notices import icalendar
from app.notices.days import event
from app.web import settings
from graders.course.model import Texts

TO_DO = (Status.FUTURE, Status.PENDING, Status.IN_PROGRESS, Status.OVERDUE, Status.EXPIRED)


def calendar_of(user: User, *, now: datetime) -> str:
    """An iCalendar file in the language in force. Four queries, however much is asked."""
    today = in_baku(now).date()
    rows = db.session.execute(obligations_on(today).where(Obligation.user_id == user.id)).all()
    dated = [(row, day) for row in rows if (day := _day(row)) is not None]
    versions = titles_of({row.requirement_id for row, _on in dated}, today)
    names = names_of({row.organisation_id for row, _on in dated})
    events = [
        event(
            row.obligation_id,
            day,
            Texts(versions[row.requirement_id].titles, LANGUAGES[0]).get(user.language),
            renewal=row.status in (Status.VALID, Status.WINDOW_OPEN),
            organisation=names[row.organisation_id],
        )
        for row, day in sorted(dated, key=lambda pair: (pair[1], pair[0].obligation_id))
    ]
    name = _("Training: %(site)s", site=settings().centre_name)
    return icalendar.text(events, name=name, language=user.language, now=now)


def _day(row: Any) -> date | None:
    """The last day that counts; None where there is none, or nothing is asked now."""
    found: date | None = None
    if row.status in TO_DO:
        found = row.due_on
    elif row.status in (Status.VALID, Status.WINDOW_OPEN) and row.expires_on is not None:
        found = row.expires_on - DAY
    return found
