"""How the difference a file makes, the runs of files and leave are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.formats import day_text
from app.organisations.leaving import LeaveKind
from app.organisations.models import RunState
from app.organisations.plans import Change
from app.organisations.tree import ROOT

# {kind: what such lines are called together, one of them}; who, before, after come from the line
CHANGES = {
    Change.PERSON_NEW: (lazy_gettext("New people"), lazy_gettext("gets an account")),
    Change.PERSON_FOUND: (lazy_gettext("People with an account"), lazy_gettext("has an account already")),
    Change.JOB_BEGUN: (lazy_gettext("Jobs begun"), lazy_gettext("works in %(after)s from %(before)s")),
    Change.JOB_MOVED: (lazy_gettext("Moves"), lazy_gettext("goes from %(before)s to %(after)s")),
    Change.JOB_CHANGED: (
        lazy_gettext("Changed jobs"),
        lazy_gettext("position, manager or number: %(before)s → %(after)s"),
    ),
    Change.JOB_ENDED: (lazy_gettext("Jobs ended"), lazy_gettext("%(before)s: last day %(after)s")),
    Change.JOB_MISSING: (
        lazy_gettext("Not in the list"),
        lazy_gettext("is not in the list; last day in %(before)s: %(after)s"),
    ),
    Change.JOB_REOPENED: (lazy_gettext("Jobs that go on"), lazy_gettext("goes on; the last day was to be %(before)s")),
    Change.UNIT_OPENED: (lazy_gettext("New units"), lazy_gettext("new, with the code %(after)s")),
    Change.UNIT_RENAMED: (lazy_gettext("Renamed units"), lazy_gettext("is called “%(after)s” from now on")),
    Change.UNIT_MOVED: (lazy_gettext("Moved units"), lazy_gettext("goes from %(before)s to %(after)s")),
    Change.UNIT_CLOSED: (lazy_gettext("Closed units"), lazy_gettext("%(before)s: last day %(after)s")),
    Change.UNIT_RECODED: (lazy_gettext("Code of the organisation"), lazy_gettext("has the code %(after)s")),
    Change.POSITION_ADDED: (lazy_gettext("New positions"), lazy_gettext("new, with the code %(after)s")),
    Change.FIN_CONFIRMED: (lazy_gettext("FINs confirmed"), lazy_gettext("the FIN is confirmed by this list")),
    Change.EMAIL_ADDED: (lazy_gettext("Addresses added"), lazy_gettext("gets the address %(after)s")),
    Change.FIN_KEPT_OUT: (
        lazy_gettext("FINs not taken"),
        lazy_gettext("uses the account already: an administrator has to confirm the FIN"),
    ),
    Change.EMAIL_KEPT: (
        lazy_gettext("Addresses kept"),
        lazy_gettext("has chosen another address than %(after)s and keeps it"),
    ),
    Change.NAME_KEPT: (lazy_gettext("Names kept"), lazy_gettext("keeps this name; the list says “%(after)s”")),
    Change.POSITION_KEPT: (
        lazy_gettext("Names of positions kept"),
        lazy_gettext("keeps this name; the list says “%(after)s”"),
    ),
    Change.GONE_BEFORE: (
        lazy_gettext("Left before"),
        lazy_gettext("left on %(after)s and was never here: passed over"),
    ),
    Change.JOB_OWNED: (
        lazy_gettext("Kept by a connected system"),
        lazy_gettext("works as the connected system says: %(before)s. The list says: %(after)s"),
    ),
    Change.PEOPLE_OWNED: (
        lazy_gettext("Not in the list, kept by a connected system"),
        lazy_gettext("people who are not in the list and stay, since a connected system has them: %(before)s"),
    ),
    Change.UNIT_OWNED: (
        lazy_gettext("Units kept by a connected system"),
        lazy_gettext("stays as the connected system says: %(before)s. The list says: %(after)s"),
    ),
    Change.UNITS_OWNED: (
        lazy_gettext("Units not in the list, kept by a connected system"),
        lazy_gettext(
            "units that are not in the list and stay, since a connected system has them or people in them: %(before)s"
        ),
    ),
}
OF_UNITS = {  # where the code of a unit stands
    Change.JOB_BEGUN: ("after",),
    Change.JOB_MOVED: ("before", "after"),
    Change.JOB_ENDED: ("before",),
    Change.JOB_MISSING: ("before",),
    Change.JOB_OWNED: ("before", "after"),
    Change.UNIT_MOVED: ("before", "after"),
    Change.UNIT_OWNED: ("before", "after"),
}
STATES = {
    RunState.LOOKED_AT: (lazy_gettext("Not decided"), "info"),
    RunState.WAITING: (lazy_gettext("Waits for a decision"), "warn"),
    RunState.APPLIED: (lazy_gettext("Applied"), "good"),
    RunState.REFUSED: (lazy_gettext("Has errors"), "bad"),
    RunState.DROPPED: (lazy_gettext("Not applied"), ""),
}
LEAVES = {
    LeaveKind.PARENTAL: lazy_gettext("Parental leave"),
    LeaveKind.ILLNESS: lazy_gettext("Long illness"),
    LeaveKind.SERVICE: lazy_gettext("Military service"),
    LeaveKind.STUDY: lazy_gettext("Study"),
    LeaveKind.OTHER: lazy_gettext("Other"),
}


def label(kind: str) -> str:
    return str(CHANGES[Change(kind)][0])


def sentence(line: dict[str, Any], units: Mapping[str, str] | None = None) -> str:
    """What happens to who the line is about, in the language of the reader. `units`: {code: name}."""
    places = {place: _said(str(line.get(place, ""))) for place in ("before", "after")}
    for place in OF_UNITS.get(Change(line["kind"]), ()):
        code = str(line.get(place, ""))
        if units and code in units:
            places[place] = units[code] if code == ROOT else f"{units[code]} ({code})"
    return str(CHANGES[Change(line["kind"])][1]) % places


def _said(text: str) -> str:
    if len(text) == 10 and text[4:5] == text[7:8] == "-":
        return day_text(text)
    return text or gettext("nothing")
