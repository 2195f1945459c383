"""What leaders are told of their people: one summary a day. A manager sees names, a training officer sees numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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


def next_organisation(day: date, *, after: int) -> int | None:
    """The next one in which there is something for leaders."""
    query = select(Reminder.organisation_id).where(
        Reminder.told_on == day, Reminder.audience.in_(ladder.LEADERS), Reminder.organisation_id > after
    )
    return db.session.scalar(query.order_by(Reminder.organisation_id).limit(1))


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of a summary and whom it is about; `name` "": somebody it does not name."""

    user_id: int
    name: str
    requirement_id: int
    line: dict[str, Any]  # as `letters.said` says it


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
    found = reminders(organisation_id, day)
    versions = titles_of({one.requirement_id for one in found}, day)
    people = kept_accounts({one.user_id for one in found})
    found = [one for one in found if one.user_id in people]
    (name,) = names_of([organisation_id]).values()
    for_managers = [one for one in found if one.audience == ladder.MANAGER]
    for_officers = [one for one in found if one.audience == ladder.OFFICER]
    leaders = teams.nearest_leaders(organisation_id, {one.user_id for one in for_managers}, day)
    of_each: dict[int, list[Item]] = {}
    for one in for_managers:
        for leader in leaders.get(one.user_id, ()):
            of_each.setdefault(leader, []).append(_item(one, people[one.user_id].name, versions, day))
    officers = teams.officers(organisation_id) if for_officers else set()
    told = kept_accounts({*of_each, *officers})
    whole = {"organisation": name, "organisation_id": organisation_id, "day": day.isoformat()}
    mails = [
        _mail(told[user_id], whole | named(lines), f"team:{user_id}:{organisation_id}:{day}")
        for user_id, lines in sorted(of_each.items())
        if user_id in told
    ]
    numbers = whole | counted([_item(one, "", versions, day) for one in for_officers])
    mails += [
        _mail(told[user_id], numbers, f"staff:{user_id}:{organisation_id}:{day}")
        for user_id in sorted(officers)
        if user_id in told
    ]
    return mails


def _item(one: Speaking, name: str, versions: dict[int, RequirementVersion], day: date) -> Item:
    return Item(user_id=one.user_id, name=name, requirement_id=one.requirement_id, line=said(one, versions, day))


def reminders(organisation_id: int, day: date) -> list[Speaking]:
    """What the round of `day` has for leaders of the organisation."""
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
            Reminder.audience.in_(ladder.LEADERS),
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


def named(found: Iterable[Item]) -> dict[str, Any]:
    """For a manager: what, by when, who; the most urgent first, and who is late with the same in one line.

    Beside the words `of` has the obligations of a line, in the order of the names; who is beyond them, last.
    """
    together: dict[tuple[str, str, int], list[Item]] = {}
    for one in found:
        together.setdefault((one.line["what"], one.line["on"] or "9999", one.requirement_id), []).append(one)
    groups = sorted(together.items(), key=lambda pair: (URGENCY.index(pair[0][0]), *pair[0][1:]))
    rows = []
    for _key, group in groups[:MOST_NAMED]:
        group.sort(key=lambda one: (one.name == "", sort_key(one.name), one.user_id))
        names = [one.name for one in group if one.name][:MOST_NAMED]
        of = [one.line["obligation"] for one in group]
        rows.append({**group[0].line, "people": names, "others": len(group) - len(names), "of": of})
    return {
        "lines": rows,
        "more": max(0, len(groups) - MOST_NAMED),
        "people": len({one.user_id for group in together.values() for one in group}),
    }


def counted(found: Sequence[Item]) -> dict[str, Any]:
    """For a training officer: of each requirement how many people, by what has come up."""
    numbers = Counter((one.requirement_id, one.line["what"]) for one in found)
    titles = {one.requirement_id: one.line["titles"] for one in found}
    rows = [
        {"what": what, "titles": titles[requirement], "count": number}
        for (requirement, what), number in numbers.items()
    ]
    rows.sort(key=lambda row: (URGENCY.index(row["what"]), -row["count"]))
    return {
        "numbers": rows[:MOST_NAMED],
        "more": max(0, len(rows) - MOST_NAMED),
        "people": len({one.user_id for one in found}),
    }


def _mail(user: User, params: dict[str, Any], key: str) -> Mail:
    return Mail(
        recipient_id=user.id,
        address=user.address,
        language=user.language,
        params={"name": user.name, **params},
        key=key,
    )
