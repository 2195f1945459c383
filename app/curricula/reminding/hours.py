"""At what hours, and on which days of the week, the people of an organisation are mailed what can wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.curricula.reminding.models import ReminderRules
from app.db import covers, db, in_parts
from app.errors import Refused
from app.notices.workdays import USUAL, Hours
from app.organisations.models import Job

SHORTEST = timedelta(hours=1)
FEWEST = 4  # days of the week: what is told the day before should not lie until the day after


def hours_of(recipients: Collection[int], day: date) -> Mapping[int, Sequence[Hours]]:
    """Of these people, by id, the hours of everywhere they work on `day`; who works nowhere is missing. One query."""
    found: dict[int, set[Hours]] = {}
    for few in in_parts(recipients):
        rows = db.session.execute(
            select(Job.user_id, ReminderRules.hours)
            .outerjoin(ReminderRules, ReminderRules.organisation_id == Job.organisation_id)
            .where(Job.user_id.in_(few), covers(Job, day))
        )
        for user_id, kept in rows:
            found.setdefault(user_id, set()).add(read(kept))
    return {user_id: tuple(several) for user_id, several in found.items()}


def chosen(organisation_id: int) -> Hours:
    row = db.session.get(ReminderRules, organisation_id)
    return read(row.hours if row else None)


def checked(opens: time | None, closes: time | None, weekdays: Collection[int]) -> Hours:
    """What was typed. Raises Refused (field "opens", "closes" or "weekdays")."""
    if opens is None or closes is None:
        raise Refused(_("Say from when to when, for example 09:00 to 18:00."), field="opens" if not opens else "closes")
    if datetime.combine(date.min, closes) - datetime.combine(date.min, opens) < SHORTEST:
        raise Refused(_("The end lies at least an hour after the beginning."), field="closes")
    days = frozenset(weekdays) & frozenset(range(7))
    if len(days) < FEWEST:
        raise Refused(_("Choose at least four days of the week: people have to be reminded in time."), field="weekdays")
    return Hours(opens=opens, closes=closes, weekdays=days)


def kept(hours: Hours) -> dict[str, Any] | None:
    """As it is stored; None: the usual ones."""
    if hours == USUAL:
        return None
    return {
        "opens": hours.opens.isoformat("minutes"),
        "closes": hours.closes.isoformat("minutes"),
        "weekdays": sorted(hours.weekdays),
    }


def read(stored: Mapping[str, Any] | None) -> Hours:
    if stored is None:
        return USUAL
    opens, closes = (time.fromisoformat(stored[name]) for name in ("opens", "closes"))
    return Hours(opens=opens, closes=closes, weekdays=frozenset(stored["weekdays"]))
