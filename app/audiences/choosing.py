"""What may be chosen in the form of a rule: units, positions, courses and people, as lists that are searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.audiences.drafting import Draft, Row
from app.catalogue import reading
from app.db import db
from app.folding import fold, sort_key
from app.organisations.models import Position
from app.organisations.teams import staff_on
from app.organisations.tree import placed_units
from graders.course.model import Texts

SHOWN = 10  # of what was found; a list that is no longer is shown whole


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What is shown of a list: what is chosen, then what was found; `more` were found besides."""

    chosen: Sequence[Choice]
    found: Sequence[Choice]
    more: int
    is_searched: bool  # the list is too long to be shown whole


class Lists:
    """The lists of one organisation on a day, each read once and only when the form has a condition of its kind."""

    def __init__(self, organisation_id: int, day: date, language: str) -> None:
        self.organisation_id = organisation_id
        self.day = day
        self.language = language
        self._known: dict[str, list[Choice]] = {}

    def offer(self, row: Row) -> Offer:
        if row.kind in ("always", "never"):
            return self._people(row)
        known = self._list(row.kind)
        labels = {one.value: one.label for one in known}
        chosen = [Choice(value=value, label=labels.get(value, "?")) for value in dict.fromkeys(row.chosen)]
        rest = [one for one in known if one.value not in row.chosen]
        is_searched = len(known) > SHOWN
        found = [one for one in rest if fold(row.find) in fold(one.label)]
        return Offer(chosen=chosen, found=found[:SHOWN], more=len(found[SHOWN:]), is_searched=is_searched)

    def _list(self, kind: str) -> list[Choice]:
        kind = "course" if kind in ("completed", "holds") else kind
        if kind not in self._known:
            self._known[kind] = {"unit": self._units, "position": self._positions, "course": self._courses}[kind]()
        return self._known[kind]

    def _units(self) -> list[Choice]:
        """Each with its way from the top: "Nazirlik › İT › Şəbəkə"; the top itself once."""
        placed = placed_units(self.organisation_id, self.day)
        names = {one.unit.id: one.unit.name for one in placed}
        return [
            Choice(value=str(one.unit.id), label=" › ".join(names[id] for id in (one.path[1:] or one.path)))
            for one in placed
        ]

    def _positions(self) -> list[Choice]:
        found = [
            Choice(value=code, label=f"{name} ({code})")
            for code, name in db.session.execute(select(Position.code, Position.name))
        ]
        return sorted(found, key=lambda one: sort_key(one.label))

    def _courses(self) -> list[Choice]:
        found = [
            Choice(value=one.slug, label=Texts(one.titles, "az").get(self.language) or one.slug)
            for one in reading.listed_courses()
        ]
        return sorted(found, key=lambda one: sort_key(one.label))

    def _people(self, row: Row) -> Offer:
        ids = [int(one) for one in dict.fromkeys(row.chosen) if one.isdecimal() and len(one) < 10]
        staff = select(User.id, User.name).where(User.id.in_(staff_on(self.organisation_id, self.day)))
        named = {row[0]: row[1] for row in db.session.execute(staff.where(User.id.in_(ids)))} if ids else {}
        found: list[Choice] = []
        if row.find:
            rest = staff.where(User.name_folded.contains(fold(row.find), autoescape=True), User.id.not_in(ids))
            rows = db.session.execute(rest.order_by(User.name_folded, User.id).limit(SHOWN + 1))
            found = [Choice(value=str(id), label=name) for id, name in rows]
        return Offer(
            chosen=[Choice(value=str(id), label=named.get(id, "?")) for id in ids],
            found=found[:SHOWN],
            more=len(found[SHOWN:]),
            is_searched=True,
        )


def offers(draft: Draft, lists: Lists) -> dict[str, Offer]:
    """By the place of the condition in the form ("c0-1", "always"), what is offered there."""
    found = {
        f"c{n}-{k}": lists.offer(row)
        for n, group in enumerate(draft.groups)
        for k, row in enumerate(group.rows)
        if row.kind in ("unit", "position", "completed", "holds")
    }
    return found | {name: lists.offer(row) for name, row in draft.named.items()}
