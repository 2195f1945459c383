"""What waited to be mailed about obligations, as it stands now: what is settled is left out, what moved is put right.

For `notices.confirming`: each takes the recipient, what was told and now, and gives what is told now; None: nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.accounts.models import Grant, Role, User
from app.clock import in_baku
from app.curricula.models import Exemption, Obligation, Source
from app.curricula.reminding import courses, ladder, summaries
from app.curricula.reminding.letters import names_of, said, titles_of
from app.curricula.reminding.looking import ASKED_OF
from app.curricula.reminding.summaries import Item
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.db import covers, db, in_parts
from app.notices.confirming import Look, Params
from app.organisations import teams

SETTLED = (Status.ARCHIVED, Status.EXEMPT, Status.SUSPENDED, Status.VALID)
TO_COME = {"asked": "asked", "due": "due", "moved": "moved"}
# by how it stands now: what was said → what is said now; what is not here is settled
SAID_NOW: Mapping[Status, Mapping[str, str]] = {
    Status.FUTURE: {"asked": "asked"},
    Status.PENDING: TO_COME,
    Status.IN_PROGRESS: TO_COME,
    Status.OVERDUE: {"asked": "asked", "due": "late", "moved": "late", "late": "late"},
    Status.FAILED: dict.fromkeys(("due", "moved", "late", "closed"), "closed"),
    Status.WINDOW_OPEN: {"window": "window", "due": "due", "moved": "moved"},
    Status.EXPIRED: dict.fromkeys(("window", "due", "moved", "expired"), "expired") | {"late": "late"},
}


def line_now(line: Mapping[str, Any], row: Any) -> dict[str, Any] | None:
    """The line of a notice by how its obligation stands (`row` of `obligations_on`, None: not there any more).

    A reminder of a due day that has moved since is settled: what moved it was told, and the steps begin anew.
    """
    what = SAID_NOW.get(row.status, {}).get(line["what"]) if row is not None else None
    if what is None:
        return None
    on: date | None = {"closed": row.closes_on, "expired": row.expires_on}.get(what, row.due_on)
    day = on.isoformat() if on else None
    if what == "due" and day != line["on"]:
        return None
    return {**line, "what": what, "on": day}


def own_lines(recipient: int, params: Params, now: datetime) -> Params | None:
    """Of "due" and "asked"."""
    rows = _stand([line["obligation"] for line in params["asked"]], Obligation.user_id == recipient, now)
    asked = [again for line in params["asked"] if (again := line_now(line, rows.get(line["obligation"]))) is not None]
    if not asked:
        return None
    names = names_of({rows[line["obligation"]].organisation_id for line in asked})
    return {**params, "asked": asked, "organisations": sorted(names.values())}


def assigned(recipient: int, params: Params, now: datetime) -> Params | None:
    if (number := params.get("source")) is None:  # told before it was kept
        return params
    holds = select(Source.obligation_id).where(Source.id == number, covers(Source, in_baku(now).date()))
    obligation = db.session.scalar(holds)
    row = _stand([obligation], Obligation.user_id == recipient, now).get(obligation) if obligation else None
    if row is None or row.status not in ASKED_OF:
        return None
    return {**params, "due_on": row.due_on.isoformat() if row.due_on else None}


def extension_answered(recipient: int, params: Params, now: datetime) -> Params | None:
    row = _one(recipient, params, now)
    if row is None or row.status in SETTLED:
        return None
    moved = params["decision"] == "granted" and (row.due_on is None or row.due_on.isoformat() != params["until"])
    return None if moved else params


def evidence_answered(recipient: int, params: Params, now: datetime) -> Params | None:
    row = _one(recipient, params, now)
    settled = (Status.ARCHIVED,) if params["decision"] == "granted" else SETTLED
    return None if row is None or row.status in settled else params


def exempted(recipient: int, params: Params, now: datetime) -> Params | None:
    """Still so: the exemption was not ended, and what it is from is still asked."""
    from_on = date.fromisoformat(params["from_on"])
    last = max(from_on, in_baku(now).date())
    holds = select(Exemption.id).where(
        Exemption.obligation_id == params["obligation"],
        Exemption.from_on == from_on,
        or_(Exemption.until_on.is_(None), Exemption.until_on >= last),
    )
    row = _one(recipient, params, now)
    still = row is not None and row.status != Status.ARCHIVED and db.session.scalar(holds.limit(1)) is not None
    return params if still else None


def team_digest(recipient: int, params: Params, now: datetime) -> Params | None:
    """To who still leads: only of those still led, and of what is still so."""
    if "day" not in params:  # told before it was kept
        return params
    return _numbers_now(recipient, params, now) if "numbers" in params else _names_now(recipient, params, now)


def _names_now(recipient: int, params: Params, now: datetime) -> Params | None:
    today, organisation_id = in_baku(now).date(), params["organisation_id"]
    team = teams.team_on(db.session.get_one(User, recipient), today, organisation_id=organisation_id)
    numbers = [number for line in params["lines"] for number in line["of"]]
    rows = _stand(numbers, Obligation.user_id.in_(team), now)
    found = []
    for line in params["lines"]:
        for n, number in enumerate(line["of"]):
            one = {"what": line["what"], "titles": line["titles"], "on": line["on"], "obligation": number}
            name = line["people"][n] if n < len(line["people"]) else ""
            row = rows.get(number)
            if row is not None and (again := line_now(one, row)) is not None:
                found.append(Item(user_id=row.user_id, name=name, requirement_id=row.requirement_id, line=again))
    return {**params, **summaries.named(found), "more": params["more"]} if found else None


def _numbers_now(recipient: int, params: Params, now: datetime) -> Params | None:
    organisation_id = params["organisation_id"]
    is_officer = select(Grant.id).where(
        Grant.user_id == recipient, Grant.role == Role.OFFICER, Grant.organisation_id == organisation_id
    )
    if db.session.scalar(is_officer.limit(1)) is None:
        return None
    told_on = date.fromisoformat(params["day"])
    reminders = [one for one in summaries.reminders(organisation_id, told_on) if one.audience == ladder.OFFICER]
    versions = titles_of({one.requirement_id for one in reminders}, told_on)
    rows = _stand([one.obligation_id for one in reminders], Obligation.id.is_not(None), now)
    found = [
        Item(user_id=one.user_id, name="", requirement_id=one.requirement_id, line=again)
        for one in reminders
        if (again := line_now(said(one, versions, told_on), rows.get(one.obligation_id))) is not None
    ]
    return {**params, **summaries.counted(found)} if found else None


def _one(recipient: int, params: Params, now: datetime) -> Any:
    return _stand([params["obligation"]], Obligation.user_id == recipient, now).get(params["obligation"])


def _stand(obligations: Collection[int], whose: ColumnElement[bool], now: datetime) -> dict[int, Any]:
    """How these stand today, by id."""
    query = obligations_on(in_baku(now).date()).where(whose)
    return {
        row.obligation_id: row
        for few in in_parts(obligations)
        for row in db.session.execute(query.where(Obligation.id.in_(few)))
    }


LOOKS: Mapping[str, Look] = {
    "asked": own_lines,
    "due": own_lines,
    "assigned": assigned,
    "extension_answered": extension_answered,
    "evidence_answered": evidence_answered,
    "exempted": exempted,
    "team_digest": team_digest,
    "asked_course_changed": courses.asked_course_changed,
}
