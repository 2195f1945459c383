"""Who is to be told something on the day of a round: read from the rows, a part of the people at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Organisation, User
from app.curricula.models import DueDate, Obligation, Period, Source
from app.curricula.reminding import ladder
from app.curricula.reminding.ladder import Reached, Span, Stood
from app.curricula.reminding.models import Reminder, ReminderRules
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.db import covers, db, in_parts

ASKED_OF = (Status.PENDING, Status.IN_PROGRESS, Status.OVERDUE, Status.FUTURE)


@dataclass(frozen=True, kw_only=True)
class Speaking:
    """An obligation that has reached a step for one of its audiences."""

    user_id: int
    organisation_id: int
    obligation_id: int
    requirement_id: int
    period_id: int
    audience: str
    step: str
    on_day: date
    due_on: date | None


def rules_of_all() -> dict[int, Mapping[str, Collection[str]]]:
    """By organisation, the steps of each audience. One query."""
    found: dict[int, Mapping[str, Collection[str]]] = dict.fromkeys(
        db.session.scalars(select(Organisation.id)), ladder.USUAL
    )
    for row in db.session.scalars(select(ReminderRules)):
        found[row.organisation_id] = rules_from(row.steps)
    return found


def rules_from(kept: Mapping[str, Collection[str]]) -> Mapping[str, Collection[str]]:
    told = {name: tuple(kept.get(name, ladder.USUAL[name])) for name in ladder.AUDIENCES}
    return {**told, ladder.LEARNER: (*told[ladder.LEARNER], *(ladder.COMPULSORY - set(told[ladder.LEARNER])))}


def next_concerned(span: Span, steps: Collection[str], *, after: int, most: int) -> tuple[int, list[int]] | None:
    """Of the next `most` people after the one with the id `after`: the last one's id, and the obligations that may have
    reached one of these steps, by the days in their rows alone; `newest` looks at how they stand. None: nobody is left.
    """
    asked = select(Obligation.user_id).where(Obligation.user_id > after).distinct()
    users = db.session.scalars(asked.order_by(Obligation.user_id).limit(most)).all()
    if not users:
        return None
    of_due = and_(
        Period.completed_on.is_(None),
        or_(
            DueDate.due_on.in_(sorted(span.due_days(steps))),
            (DueDate.from_on > span.since) & DueDate.cause.in_(("changed", "leave")),
            (DueDate.closes_on >= span.since) & (DueDate.closes_on < span.day),
        ),
    )
    of_window = or_(
        (Period.window_opens_on > span.since) & (Period.window_opens_on <= span.day),
        (Period.expires_on > span.since) & (Period.expires_on <= span.day),
    )
    concerned = (
        select(Obligation.id)
        .join(Period, Period.obligation_id == Obligation.id)
        .outerjoin(DueDate, and_(DueDate.period_id == Period.id, covers(DueDate, span.day)))
        .where(Obligation.user_id.between(users[0], users[-1]), or_(of_due, of_window))
        .distinct()
    )
    return users[-1], list(db.session.scalars(concerned))


def speaking(
    span: Span, rules: Mapping[int, Mapping[str, Collection[str]]], obligations: Sequence[int]
) -> list[Speaking]:
    """What these obligations have to say, for each of the audiences. Three queries, however many they are.

    What was told before is left out.
    """
    rows = db.session.execute(obligations_on(span.day).where(Obligation.id.in_(obligations))).all()
    periods = [row.period_id for row in rows]
    since = dict(
        db.session.execute(
            select(DueDate.period_id, DueDate.from_on).where(DueDate.period_id.in_(periods), covers(DueDate, span.day))
        ).all()
    )
    told = _told(periods)
    found = []
    for row in rows:
        stood = Stood(
            status=Status(row.status),
            due_on=row.due_on,
            due_since=since.get(row.period_id),
            due_cause=row.due_cause,
            closes_on=row.closes_on,
            window_opens_on=row.window_opens_on,
            expires_on=row.expires_on,
        )
        for audience in ladder.AUDIENCES:
            reached = ladder.newest(rules[row.organisation_id][audience], stood, span)
            if reached and (row.period_id, audience, reached.step, reached.on_day) not in told:
                found.append(_speaking(row, audience, reached))
    return found


def newly_asked(since: datetime, day: date, *, after: int, most: int) -> tuple[list[Speaking], int] | None:
    """What audiences have brought and nobody has told yet to the people of the next `most` of these sources, all of it;
    and the id of the last of the sources, to go on `after`. None: nothing is left.

    By hand it is told by who assigns it (assigning.py). Not what somebody else asked before, and what is done already.
    """
    untold = _untold(since, day)
    met = db.session.execute(
        untold.add_columns(Source.id, Obligation.user_id).where(Source.id > after).order_by(Source.id).limit(most)
    ).all()
    if not met:
        return None
    theirs = untold.add_columns(Source.obligation_id, Source.from_on).where(
        Obligation.user_id.in_({row.user_id for row in met})
    )
    days: dict[int, date] = dict(db.session.execute(theirs).all())
    rows = db.session.execute(obligations_on(day).where(Obligation.id.in_(days)))
    found = [
        _speaking(row, ladder.LEARNER, Reached(step=ladder.ASKED, on_day=days[row.obligation_id]))
        for row in rows
        if row.status in ASKED_OF
    ]
    return found, met[-1].id


def is_anything_untold(since: datetime, day: date, *, after: int) -> bool:
    """There is something for `newly_asked` to look at."""
    return db.session.scalar(_untold(since, day).add_columns(Source.id).where(Source.id > after).limit(1)) is not None


def _untold(since: datetime, day: date) -> Select[Any]:
    """A SELECT, without columns, from Source and Obligation."""
    other = aliased(Source)
    before = (
        select(other.id)
        .where(
            other.obligation_id == Source.obligation_id,
            other.id < Source.id,
            or_(other.until_on.is_(None), other.until_on >= Source.from_on),
        )
        .exists()
    )
    told = (
        select(Reminder.id)
        .join(Period, Period.id == Reminder.period_id)
        .where(
            Period.obligation_id == Source.obligation_id,
            Reminder.audience == ladder.LEARNER,
            Reminder.step == ladder.ASKED,
            Reminder.on_day == Source.from_on,
        )
        .exists()
    )
    return (
        select()
        .select_from(Source)
        .join(Obligation, Obligation.id == Source.obligation_id)
        .where(
            Source.assigned_at > since,
            Source.audience_id.is_not(None),
            Source.from_on <= day,
            Source.until_on.is_(None),
            ~before,
            ~told,
        )
    )


def _told(periods: Sequence[int]) -> set[tuple[int, str, str, date]]:
    columns = (Reminder.period_id, Reminder.audience, Reminder.step, Reminder.on_day)
    return {
        (row[0], row[1], row[2], row[3])
        for few in in_parts(periods)
        for row in db.session.execute(select(*columns).where(Reminder.period_id.in_(few)))
    }


def _speaking(row: Any, audience: str, reached: Reached) -> Speaking:
    return Speaking(
        user_id=row.user_id,
        organisation_id=row.organisation_id,
        obligation_id=row.obligation_id,
        requirement_id=row.requirement_id,
        period_id=row.period_id,
        audience=audience,
        step=reached.step,
        on_day=reached.on_day,
        due_on=row.due_on,
    )


def kept_accounts(users: Collection[int]) -> dict[int, User]:
    """Those of these people whose accounts are not closed, by id."""
    found: dict[int, User] = {}
    for few in in_parts(users):
        rows = db.session.scalars(select(User).where(User.id.in_(few), User.closed_at.is_(None)))
        found |= {one.id: one for one in rows}
    return found
