"""What somebody sees of an organisation on a day: whose obligations, narrowed how. Every list and export begins here.

A training officer sees the staff, a manager the own team, each as of the day: who has left a unit is no longer in its
list of today, and still in that of the days before. Of a person nothing is seen but what the organisation asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import CTE, ColumnElement, Select, or_, select

from app.accounts.models import Organisation, Role, User
from app.accounts.permissions import grants, oversees
from app.clock import end_of
from app.curricula.models import Obligation, Requirement, RequirementVersion
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.db import covers, db
from app.folding import fold
from app.insights.lights import LIGHTS, Light, light_on
from app.organisations import teams, tree
from app.organisations.models import Job
from app.organisations.tree import Placed

COLUMNS = ("obligation_id", "user_id", "requirement_id", "status", "due_on", "expires_on")


@dataclass(frozen=True, kw_only=True)
class View:
    """`user` looks today at how `organisation` stood on `day`; `is_whole`: as its training officer."""

    organisation: Organisation
    user: User
    day: date
    today: date
    is_whole: bool

    def jobs(self) -> Select[int, int, int]:
        """A SELECT of (user_id, organisation_id, unit_id) from Job of who is seen."""
        if self.is_whole:
            return select(Job.user_id, Job.organisation_id, Job.unit_id).where(
                Job.organisation_id == self.organisation.id, covers(Job, self.day)
            )
        return teams.team_jobs_on(self.user, self.day, organisation_id=self.organisation.id, today=self.today)

    def people(self, unit_id: int | None = None) -> Select[Any]:
        """A SELECT of the ids of who is seen; in a unit or below it, where one is given."""
        jobs = self.jobs()
        if unit_id is not None:
            jobs = jobs.where(Job.unit_id.in_(tree.below([unit_id], self.day)))
        return jobs.with_only_columns(Job.user_id).distinct()

    def shows(self, user_id: int) -> bool:
        return db.session.scalar(self.people().where(Job.user_id == user_id).limit(1)) is not None

    def units(self) -> list[Placed]:
        """The units with somebody who is seen and what stands above them, as far as it is the viewer's to lead."""
        present = set(db.session.scalars(self.jobs().with_only_columns(Job.unit_id).distinct()))
        placed = tree.placed_units(self.organisation.id, self.day)
        led = self._led_units()
        used = {unit for one in placed if one.unit.id in present for unit in one.path}
        return [
            one
            for one in placed
            if one.unit.id in present or (one.unit.id in used and (led is None or one.unit.id in led))
        ]

    def _led_units(self) -> set[int] | None:
        """The units of the viewer's grants and below; None: all."""
        given = [
            one for one in grants(self.user) if one.role == Role.MANAGER and one.organisation_id == self.organisation.id
        ]
        if self.is_whole or any(one.unit_id is None for one in given):
            return None
        return set(db.session.scalars(tree.below([one.unit_id for one in given if one.unit_id], self.day)))


def view_of(user: User, organisation_id: int, *, day: date, today: date) -> View | None:
    """None for who has neither a team nor the office there today, and for days to come."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or day > today:
        return None
    is_whole = oversees(user, organisation_id)
    if not is_whole and organisation_id not in teams.led_organisations(user, today):
        return None
    return View(organisation=organisation, user=user, day=day, today=today, is_whole=is_whole)


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """Which of what is seen is asked for."""

    light: Light | None = None
    unit_id: int | None = None
    requirement_id: int | None = None
    words: str = ""

    def as_query(self) -> dict[str, Any]:
        """For an address or a form; what is not narrowed is left out."""
        given = {
            "light": self.light.slug if self.light is not None else None,
            "unit": self.unit_id,
            "requirement": self.requirement_id,
            "q": self.words or None,
        }
        return {name: value for name, value in given.items() if value is not None}


def in_words(narrowing: Narrowing, units: dict[int, str], titles: dict[int, str]) -> str:
    """The narrowing as a sentence, for the top of an export."""
    said = []
    if narrowing.light is not None:
        said.append(gettext("only “%(light)s”", light=LIGHTS[narrowing.light]))
    if narrowing.unit_id is not None:
        said.append(gettext("unit “%(unit)s” and below", unit=units.get(narrowing.unit_id, "?")))
    if narrowing.requirement_id is not None:
        said.append(gettext("requirement “%(title)s”", title=titles.get(narrowing.requirement_id, "?")))
    if narrowing.words:
        said.append(gettext("names with “%(words)s”", words=narrowing.words))
    return "; ".join(said) or gettext("everybody and everything")


def versions_on(
    day: date, *, organisation_id: int | None = None, requirements: Any = None
) -> dict[int, RequirementVersion]:
    """What is asked on `day` by requirement id: of an organisation, or of given requirements. One query."""
    query = select(RequirementVersion).join(Requirement).where(RequirementVersion.from_on <= day)
    if organisation_id is not None:
        query = query.where(Requirement.organisation_id == organisation_id)
    if requirements is not None:
        query = query.where(Requirement.id.in_(requirements))
    return {one.requirement_id: one for one in db.session.scalars(query.order_by(RequirementVersion.number))}


def seen(view: View, narrowing: Narrowing) -> CTE:
    """The obligations seen, without archived ones: obligation_id, user_id, requirement_id, status, due_on, expires_on.

    And `light`, a number. Narrowed by unit, requirement and name; the light is left to the caller, who counts the
    others beside it. Few columns and worked out once: of 45,000 obligations that is half a second instead of two.
    """
    people = view.people(narrowing.unit_id)
    named = select(User.id).where(User.id.in_(people), is_kept(view.day))
    if narrowing.words:
        named = named.where(User.name_folded.contains(fold(narrowing.words), autoescape=True))
    query = obligations_on(view.day).where(
        Requirement.organisation_id == view.organisation.id, Obligation.user_id.in_(named)
    )
    if narrowing.requirement_id is not None:
        query = query.where(Obligation.requirement_id == narrowing.requirement_id)
    whole = query.subquery()
    columns = (whole.c[name] for name in COLUMNS)
    rows = select(*columns).cte("standing").prefix_with("MATERIALIZED")  # else each use works the status out again
    return (
        select(rows, light_on(view.day, rows.c.status, rows.c.due_on).label("light"))
        .where(rows.c.status != Status.ARCHIVED)
        .cte("seen")
    )


def is_kept(day: date) -> ColumnElement[bool]:
    """The account was not closed by the end of `day`."""
    return or_(User.closed_at.is_(None), User.closed_at >= end_of(day))
