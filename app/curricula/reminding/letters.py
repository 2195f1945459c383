"""What people are told of their own obligations: one notice a day, however many have something to say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation
from app.clock import DAY, in_baku
from app.curricula.models import RequirementVersion
from app.curricula.reminding import ladder
from app.curricula.reminding.looking import Speaking, kept_accounts
from app.curricula.versions import by_requirement, in_force
from app.db import db
from app.notices.telling import Mail, tell_many

MOST_NAMED = 20
URGENCY = ("closed", "expired", "late", "due", "moved", "window", "asked")  # the order in a notice


def tell_due(found: Sequence[Speaking], day: date, *, now: datetime) -> int:
    """Of the round of `day`."""
    return _tell("due", found, day, now=now, key=lambda user_id, _lines: f"due:{user_id}:{day.isoformat()}")


def tell_asked(found: Sequence[Speaking], *, now: datetime) -> int:
    def key(_user_id: int, lines: Sequence[Speaking]) -> str:
        one = min(lines, key=lambda line: line.period_id)
        return f"asked:{one.period_id}:{one.on_day.isoformat()}"

    return _tell("asked", found, in_baku(now).date(), now=now, key=key)


def _tell(kind: str, found: Sequence[Speaking], day: date, *, now: datetime, key: Any) -> int:
    if not found:  # as in most parts of most rounds
        return 0
    versions = titles_of({one.requirement_id for one in found}, day)
    organisations = names_of({one.organisation_id for one in found})
    users = kept_accounts({one.user_id for one in found})
    of_each: dict[int, list[Speaking]] = {}
    for one in found:
        of_each.setdefault(one.user_id, []).append(one)
    mails = []
    for user_id, lines in sorted(of_each.items()):
        if (user := users.get(user_id)) is None:
            continue
        asked = sorted((said(one, versions, day) for one in lines), key=_urgency)
        params = {
            "name": user.name,
            "organisations": sorted({organisations[one.organisation_id] for one in lines}),
            "asked": asked[:MOST_NAMED],
            "more": max(0, len(asked) - MOST_NAMED),
        }
        mails.append(
            Mail(
                recipient_id=user_id,
                address=user.address,
                language=user.language,
                params=params,
                key=key(user_id, lines),
            )
        )
    return tell_many(kind, mails, now=now)


def said(one: Speaking, versions: dict[int, RequirementVersion], day: date) -> dict[str, Any]:
    """A line of a notice. `what`: one of URGENCY; `on`: the day it names, the last that counts where there is one."""
    on: date | None = one.on_day
    if one.step == ladder.ASKED:
        what, on = "asked", one.due_on
    elif one.step == ladder.CLOSED:
        what, on = "closed", one.on_day - DAY
    elif one.step == ladder.WINDOW:
        what, on = "window", one.due_on  # the last day on which the former one is valid
    elif one.step == ladder.EXPIRED:
        what = "expired"
    elif one.due_on is not None and one.due_on < day:
        what = "late"
    else:
        what = "moved" if one.step == ladder.MOVED else "due"
    version = versions.get(one.requirement_id)
    return {
        "what": what,
        "titles": dict(version.titles) if version else {},
        "on": on.isoformat() if on else None,
        "obligation": one.obligation_id,
    }


def _urgency(line: dict[str, Any]) -> tuple[int, str, int]:
    return URGENCY.index(line["what"]), line["on"] or "9999", line["obligation"]


def titles_of(requirements: Collection[int], day: date) -> dict[int, RequirementVersion]:
    """What is asked on `day`, by requirement; before it begins, what will be."""
    found = by_requirement(requirements)
    return {key: in_force(versions, day) or versions[0] for key, versions in found.items()}


def names_of(organisations: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisations)))
    return dict(rows.all())
