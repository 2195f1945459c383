"""An organisation says when its people, their managers and its training officers are told."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from flask_babel import gettext as _

from app import audit
from app.accounts.models import Organisation, User
from app.curricula.reminding import ladder
from app.curricula.reminding.hours import kept as kept_hours
from app.curricula.reminding.looking import rules_from
from app.curricula.reminding.models import ReminderRules
from app.db import db
from app.errors import Refused
from app.notices.workdays import USUAL, Hours

MOST_STEPS = 12


def chosen(organisation_id: int) -> Mapping[str, Collection[str]]:
    """The steps of each audience."""
    row = db.session.get(ReminderRules, organisation_id)
    return rules_from(row.steps) if row else ladder.USUAL


def numbers_from(typed: str, field: str) -> list[str]:
    """ "−30, -7 +1" → ["-30", "-7", "1"]. Raises Refused (field)."""
    words = re.split(r"[\s,;]+", typed.replace("\u2212", "-").replace("\u2013", "-").strip())
    found = set()
    for word in filter(None, words):
        if not re.fullmatch(r"[+-]?[0-9]{1,3}", word) or abs(int(word)) > ladder.FURTHEST:
            raise Refused(
                _("“%(word)s” is no number of days. Write for example: -30 -7 -1 +1 +7", word=word[:20]), field=field
            )
        found.add(int(word))
    if len(found) > MOST_STEPS:
        raise Refused(_("No more than %(most)s days; more are not read any more.", most=MOST_STEPS), field=field)
    return [str(number) for number in sorted(found)]


def choose(
    organisation: Organisation,
    steps: Mapping[str, Collection[str]],
    hours: Hours = USUAL,
    *,
    by: User,
    now: datetime,
) -> None:
    """Keep these steps for each audience, and the hours. What people have to be told stays in.

    Raises Refused (field "learner").
    """
    kept = {name: ladder.sorted_steps(steps.get(name, ())) for name in ladder.AUDIENCES}
    if not any(ladder.is_day(step) and int(step) < 0 for step in kept[ladder.LEARNER]):
        raise Refused(_("People have to be told before the due day: name at least one day before."), field="learner")
    kept[ladder.LEARNER] = ladder.sorted_steps({*kept[ladder.LEARNER], *ladder.COMPULSORY})
    row = db.session.get(ReminderRules, organisation.id) or ReminderRules(organisation_id=organisation.id)
    row.steps, row.hours, row.changed_by, row.changed_at = kept, kept_hours(hours), by.id, now
    db.session.add(row)
    db.session.flush()
    audit.record(
        "reminders_chosen",
        actor_id=by.id,
        now=now,
        subject_type="organisation",
        subject_id=organisation.id,
        **{name: " ".join(some) for name, some in kept.items()},
        hours=f"{hours.opens:%H:%M}–{hours.closes:%H:%M}",
        weekdays=" ".join(str(day + 1) for day in sorted(hours.weekdays)),
    )
