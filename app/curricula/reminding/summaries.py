"""What leaders are told of their people: one summary a day. A manager sees names, a training officer sees numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.curricula.models import DueDate, Obligation, Period, RequirementVersion
from app.curricula.reminding import ladder
from app.curricula.reminding.letters import URGENCY, names_of, said, titles_of
from app.curricula.reminding.looking import Speaking, kept_accounts
from app.curricula.reminding.models import Reminder
from app.db import covers, db
from app.folding import sort_key
from app.notices.telling import Mail, tell_many
from app.organisations import teams

MOST_NAMED = 20  # lines, and people in a line
TO_LEADERS = (ladder.MANAGER, ladder.OFFICER)


def next_organisation(day: date, *, after: int) -> int | None:
    """The next one in which there is something for leaders."""
    query = select(Reminder.organisation_id).where(
        Reminder.told_on == day, Reminder.audience.in_(TO_LEADERS), Reminder.organisation_id > after
    )
    return db.session.scalar(query.order_by(Reminder.organisation_id).limit(1))


@dataclass(frozen=True, kw_only=True)
class Summaries:
    """Of the round of `day`, in one organisation: what its leaders are to be told."""

    day: date
    organisation_id: int
    mails: Sequence[Mail]


def tell_leaders(summaries: Summaries, *, now: datetime) -> int:
    """How many were told who had not been."""
    return tell_many("team_digest", summaries.mails, now=now)


def next_summaries(day: date, *, after: int) -> Summaries | None:
    """Of the next organisation that has any. Reads only, and for long where everybody is told of everything."""
    organisation_id = next_organisation(day, after=after)
    if organisation_id is None:
        return None
    return Summaries(day=day, organisation_id=organisation_id, mails=_mails(organisation_id, day))


def _mails(organisation_id: int, day: date) -> list[Mail]:
    found = _reminders(organisation_id, day)
    versions = titles_of({one.requirement_id for one in found}, day)
    people = kept_accounts({one.user_id for one in found})
    found = [one for one in found if one.user_id in people]
    (name,) = names_of([organisation_id]).values()
    for_managers = [one for one in found if one.audience == ladder.MANAGER]
    for_officers = [one for one in found if one.audience == ladder.OFFICER]
    leaders = teams.nearest_leaders(organisation_id, {one.user_id for one in for_managers}, day)
    of_each: dict[int, list[Speaking]] = {}
    for one in for_managers:
        for leader in leaders.get(one.user_id, ()):
            of_each.setdefault(leader, []).append(one)
    officers = teams.officers(organisation_id) if for_officers else set()
    told = kept_accounts({*of_each, *officers})
    whole = {"organisation": name, "organisation_id": organisation_id}
    mails = [
        _mail(told[user_id], whole | _named(lines, versions, people, day), f"team:{user_id}:{organisation_id}:{day}")
        for user_id, lines in sorted(of_each.items())
        if user_id in told
    ]
    counted = whole | _counted(for_officers, versions, day)
    mails += [
        _mail(told[user_id], counted, f"staff:{user_id}:{organisation_id}:{day}")
        for user_id in sorted(officers)
        if user_id in told
    ]
    return mails


def _reminders(organisation_id: int, day: date) -> list[Speaking]:
    rows = db.session.execute(
        select(
            Reminder.user_id,
            Reminder.period_id,
            Reminder.audience,
            Reminder.step,
            Reminder.on_day,
            Obligation.id.label("obligation_id"),
            Obligation.requirement_id,
            DueDate.due_on,
        )
        .join(Period, Period.id == Reminder.period_id)
        .join(Obligation, Obligation.id == Period.obligation_id)
        .outerjoin(DueDate, (DueDate.period_id == Period.id) & covers(DueDate, day))
        .where(
            Reminder.told_on == day,
            Reminder.organisation_id == organisation_id,
            Reminder.audience.in_(TO_LEADERS),
        )
        .order_by(Reminder.id)
    )
    return [
        Speaking(
            user_id=row.user_id,
            organisation_id=organisation_id,
            obligation_id=row.obligation_id,
            requirement_id=row.requirement_id,
            period_id=row.period_id,
            audience=row.audience,
            step=row.step,
            on_day=row.on_day,
            due_on=row.due_on,
        )
        for row in rows
    ]


def _named(
    lines: Sequence[Speaking], versions: dict[int, RequirementVersion], people: Mapping[int, User], day: date
) -> dict[str, Any]:
    """For a manager: what, by when, who; the most urgent first, and who is late with the same in one line."""
    together: dict[tuple[str, str, int], dict[str, Any]] = {}
    for one in lines:
        line = said(one, versions, day)
        key = (line["what"], line["on"] or "9999", one.requirement_id)
        together.setdefault(key, line | {"people": []})["people"].append(people[one.user_id].name)
    found = sorted(together.items(), key=lambda pair: (URGENCY.index(pair[0][0]), *pair[0][1:]))
    rows = []
    for _key, line in found[:MOST_NAMED]:
        names = sorted(line["people"], key=sort_key)
        rows.append(line | {"people": names[:MOST_NAMED], "others": max(0, len(names) - MOST_NAMED)})
    return {
        "lines": rows,
        "more": max(0, len(found) - MOST_NAMED),
        "people": len({one.user_id for one in lines}),
    }


def _counted(lines: Sequence[Speaking], versions: dict[int, RequirementVersion], day: date) -> dict[str, Any]:
    """For a training officer: of each requirement how many people, by what has come up."""
    numbers = Counter((one.requirement_id, said(one, versions, day)["what"]) for one in lines)
    rows = [
        {"what": what, "titles": dict(versions[requirement].titles), "count": number}
        for (requirement, what), number in numbers.items()
    ]
    rows.sort(key=lambda row: (URGENCY.index(row["what"]), -row["count"]))
    return {
        "numbers": rows[:MOST_NAMED],
        "more": max(0, len(rows) - MOST_NAMED),
        "people": len({one.user_id for one in lines}),
    }


def _mail(user: User, params: dict[str, Any], key: str) -> Mail:
    return Mail(
        recipient_id=user.id,
        address=user.address,
        language=user.language,
        params={"name": user.name, **params},
        key=key,
    )
