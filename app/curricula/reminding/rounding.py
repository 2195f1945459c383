"""The round of a working day: what has come up is told, each person's in one notice, each leader's in one summary.

In short transactions, each whole: reminders and notices are written together with how far the round has come, so that
after a crash, or with a second worker beside, it goes on where it stood. A round that was left unfinished, and days on
which none was made, are caught up by the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from app.clock import DAY, begins, in_baku
from app.curricula import sizes
from app.curricula.models import Nightly
from app.curricula.reminding import ladder, letters, looking, summaries
from app.curricula.reminding.ladder import Span
from app.curricula.reminding.looking import Speaking
from app.curricula.reminding.models import Reminder, ReminderMark, ReminderRound
from app.curricula.reminding.summaries import Summaries
from app.db import db, one_at_a_time
from app.notices import workdays

PART = 100  # people in one transaction, each with several things
LATE_COMMITS = timedelta(minutes=10)  # what was assigned so long before it could be seen
LOOKS_AGAIN = timedelta(hours=1)
ACT = "reminders"


def is_due(now: datetime) -> bool:
    """A round is to be made or to go on: on a working day, after its night."""
    day = in_baku(now).date()
    over = db.session.scalar(select(ReminderRound.ended_at).where(ReminderRound.day == day))
    if over is not None:
        return False
    night = select(Nightly.day).where(Nightly.day == day, Nightly.ended_at.is_not(None))
    return db.session.scalar(night) is not None and workdays.calendar(day).is_worked(day)


def prepared(now: datetime) -> Summaries | None:
    """What the next part of today's round tells leaders, where it does: read before anything is held for writing."""
    it = db.session.get(ReminderRound, in_baku(now).date())
    if it is None or it.ended_at is not None or not it.learners_done:
        return None
    return summaries.next_summaries(it.day, after=it.after_organisation)


def go_on(now: datetime, ready: Summaries | None = None) -> bool:
    """The next part of today's round, in this transaction; False when all is told. `ready`: what `prepared` gave."""
    one_at_a_time(ACT)
    if not is_due(now):
        return False
    it = _current(now)
    if not it.learners_done:
        _tell_people(it, now)
    elif (organisation_id := summaries.next_organisation(it.day, after=it.after_organisation)) is not None:
        if ready is None or (ready.day, ready.organisation_id) != (it.day, organisation_id):
            return True  # to be prepared first
        summaries.tell_leaders(ready, now=now)
        it.after_organisation = organisation_id
    else:
        it.ended_at = now
    db.session.flush()
    return it.ended_at is None


def last_ended() -> ReminderRound | None:
    """The newest round that was made to its end."""
    ended = select(ReminderRound).where(ReminderRound.ended_at.is_not(None))
    return db.session.scalar(ended.order_by(ReminderRound.day.desc()).limit(1))


def tell_asked(now: datetime) -> bool:
    """Tell the next people what audiences have brought them; False when everybody knows."""
    one_at_a_time(ACT)
    mark = _mark(now)
    if mark.began_at is None and now - mark.at > LOOKS_AGAIN:
        mark.began_at, mark.after_source = now, 0
    looked = looking.newly_asked(mark.at - LATE_COMMITS, in_baku(now).date(), after=mark.after_source, most=PART)
    if looked is None:
        if mark.began_at is not None:
            mark.at, mark.began_at = mark.began_at, None
        return False
    found, mark.after_source = looked
    _remember(found, now)
    letters.tell_asked(found, now=now)
    return True


def asked_is_due(now: datetime) -> bool:
    """Audiences have brought something that nobody has looked at; or it is time to look for what was committed late."""
    mark = db.session.get(ReminderMark, ladder.ASKED)
    if mark is None or mark.began_at is not None or now - mark.at > LOOKS_AGAIN:
        return True
    return looking.is_anything_untold(mark.at - LATE_COMMITS, in_baku(now).date(), after=mark.after_source)


def _mark(now: datetime) -> ReminderMark:
    mark = db.session.get(ReminderMark, ladder.ASKED, populate_existing=True)
    if mark is None:  # what was asked before this was built is known to everybody
        mark = ReminderMark(name=ladder.ASKED, at=begins(in_baku(now).date()), after_source=0)
        db.session.add(mark)
    return mark


def _current(now: datetime) -> ReminderRound:
    """Today's, begun where the one before ended."""
    day = in_baku(now).date()
    it = db.session.get(ReminderRound, day, populate_existing=True)
    if it is not None:
        return it
    before = db.session.scalar(
        select(ReminderRound).where(ReminderRound.day < day).order_by(ReminderRound.day.desc()).limit(1)
    )
    it = ReminderRound(
        day=day,
        since=before.day if before else day - DAY,
        ahead_since=before.ahead if before else day - DAY,
        ahead=workdays.calendar(day).next_worked(day) - DAY,
        began_at=now,
    )
    if before is not None and before.ended_at is None:
        _take_over(before, it, now)
    db.session.add(it)
    db.session.flush()
    return it


def _take_over(before: ReminderRound, it: ReminderRound, now: datetime) -> None:
    """What a round that never ended has left: its days for who was not told, its reminders for leaders."""
    if not before.learners_done:
        it.since, it.ahead_since = before.since, before.ahead_since
    left = (Reminder.told_on == before.day) & Reminder.audience.in_((ladder.MANAGER, ladder.OFFICER))
    if before.learners_done:
        left &= Reminder.organisation_id > before.after_organisation
    db.session.execute(update(Reminder).where(left).values(told_on=it.day))
    before.ended_at = now


def _tell_people(it: ReminderRound, now: datetime) -> None:
    rules = looking.rules_of_all()
    steps = {step for one in rules.values() for some in one.values() for step in some}
    span = Span(since=it.since, day=it.day, ahead_since=it.ahead_since, ahead=it.ahead)
    concerned = looking.next_concerned(span, steps, after=it.after_user, most=PART)
    if concerned is None:
        it.learners_done = True
        return
    it.after_user, obligations = concerned
    found = looking.speaking(span, rules, obligations) if obligations else []
    _remember(found, now)
    letters.tell_due([one for one in found if one.audience == ladder.LEARNER], it.day, now=now)
    it.told += len(found)


def _remember(found: Sequence[Speaking], now: datetime) -> None:
    rows: list[dict[str, Any]] = [
        {
            "period_id": one.period_id,
            "organisation_id": one.organisation_id,
            "user_id": one.user_id,
            "audience": one.audience,
            "step": one.step,
            "on_day": one.on_day,
            "told_on": in_baku(now).date(),
            "told_at": now,
        }
        for one in found
    ]
    if rows:
        db.session.execute(insert(Reminder), rows)
        sizes.tell("reminder", len(rows))
