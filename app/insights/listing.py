"""Lists of what is seen, a page at a time: people by how urgent it is, obligations by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Label, case, func, select

from app.accounts.models import User
from app.clock import DAY
from app.curricula.models import Obligation, Requirement, RequirementVersion
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.db import db
from app.folding import fold
from app.insights.lights import Counts, Light, counts, light_of, status_words
from app.insights.viewing import Narrowing, View, is_kept, seen
from app.organisations.models import Job, Position, Unit

PAGE = 50


class Order(StrEnum):
    URGENT = "urgent"
    NAME = "name"
    DUE = "due"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An obligation as a list shows it."""

    obligation_id: int
    user_id: int
    requirement_id: int
    status: Status
    light: Light
    words: str
    due_on: date | None
    due_cause: str | None
    completed_on: date | None
    expires_on: date | None

    @property
    def valid_until(self) -> date | None:
        """The last day on which it is valid; None: for good, or not completed."""
        return self.expires_on - DAY if self.expires_on else None

    @property
    def until(self) -> date | None:
        """The day the eye looks for: until when it is valid, or by when it is due."""
        return self.expires_on if self.status in (Status.VALID, Status.WINDOW_OPEN, Status.EXPIRED) else self.due_on


@dataclass(frozen=True, kw_only=True)
class Place:
    """A job: where and as what somebody works."""

    unit_id: int
    unit: str
    position: str


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A person of a list: how many obligations of each light, the urgent ones, the jobs by which they are seen."""

    user_id: int
    name: str
    counts: Counts
    urgent: Sequence[Line]
    places: Sequence[Place]

    @property
    def light(self) -> Light | None:
        """Of the most urgent one; None: nothing is asked."""
        return next((light for light in Light if self.counts.of(light)), None)


@dataclass(frozen=True, kw_only=True)
class People:
    """A page of people. `counts`: how many people there are by their most urgent light, `everybody`: in all."""

    rows: Sequence[Somebody]
    counts: Counts
    everybody: int
    total: int  # as narrowed, of all pages


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A page of obligations with whose they are. `counts`: of all obligations seen, by light."""

    rows: Sequence[tuple[str, Line]]
    counts: Counts
    total: int
    places: dict[int, list[Place]]


def line(day: date, row: Any) -> Line:
    status = Status(row.status)
    return Line(
        obligation_id=row.obligation_id,
        user_id=row.user_id,
        requirement_id=row.requirement_id,
        status=status,
        light=light_of(day, status, row.due_on),
        words=status_words(day, status, row.expires_on),
        due_on=row.due_on,
        due_cause=row.due_cause,
        completed_on=row.completed_on,
        expires_on=row.expires_on,
    )


def is_urgent(one: Line) -> bool:
    """Red or amber."""
    return one.status is not Status.ARCHIVED and one.light <= Light.AMBER


def people(view: View, narrowing: Narrowing, *, order: Order = Order.URGENT, page: int = 1) -> People:
    """Who is seen, also who is asked nothing (unless a requirement or light is asked for). Four queries at most."""
    persons = _persons(view, narrowing)
    named = select(User.id, User.name, persons).where(User.id.in_(view.people(narrowing.unit_id)), is_kept(view.day))
    if narrowing.words:
        named = named.where(User.name_folded.contains(fold(narrowing.words), autoescape=True))
    named = named.join(persons, persons.c.user_id == User.id, isouter=narrowing.requirement_id is None)
    numbers = [
        *_numbers(persons, persons.c.worst),
        select(func.count()).select_from(named.subquery()).scalar_subquery().label("everybody"),
    ]
    chosen = named.add_columns(*numbers)
    if narrowing.light is not None:
        chosen = chosen.where(persons.c.worst == int(narrowing.light))
    by_name = (User.name_folded, User.id)
    match order:
        case Order.URGENT:
            urgent = (func.coalesce(persons.c.worst, 9), persons.c.red.desc(), persons.c.amber.desc())
            chosen = chosen.order_by(*urgent, *by_name)
        case Order.DUE:
            chosen = chosen.order_by(persons.c.next_on.is_(None), persons.c.next_on, *by_name)
        case Order.NAME:
            chosen = chosen.order_by(*by_name)
    rows = db.session.execute(chosen.limit(PAGE).offset((page - 1) * PAGE)).all()
    of_all = rows[0] if rows else db.session.execute(select(*numbers)).one()
    by_light = _counts(of_all, "all_")
    ids = [row.id for row in rows]
    urgent_ones, where = urgent_lines(view, narrowing, ids), places(view, ids)
    return People(
        rows=[
            Somebody(
                user_id=row.id,
                name=row.name,
                counts=_counts(row),
                urgent=urgent_ones.get(row.id, []),
                places=where.get(row.id, []),
            )
            for row in rows
        ],
        counts=by_light,
        everybody=of_all.everybody,
        total=of_all.everybody if narrowing.light is None else by_light.of(narrowing.light),
    )


def _persons(view: View, narrowing: Narrowing) -> CTE:
    """One row for each person asked something: how many of each light, the most urgent light, the next day."""
    rows = seen(view, narrowing)
    urgent_on = case((rows.c.status == Status.WINDOW_OPEN, rows.c.expires_on), else_=rows.c.due_on)
    query = select(
        rows.c.user_id,
        func.min(rows.c.light).label("worst"),
        func.min(case((rows.c.light <= int(Light.AMBER), urgent_on))).label("next_on"),
        *(func.sum(case((rows.c.light == int(light), 1), else_=0)).label(light.slug) for light in Light),
    )
    return query.group_by(rows.c.user_id).cte("persons").prefix_with("MATERIALIZED")


def _numbers(rows: CTE, light: ColumnElement[int]) -> list[Label[int]]:
    """How many rows there are of each light, as columns beside those of a page."""
    return [
        select(func.count()).select_from(rows).where(light == int(one)).scalar_subquery().label(f"all_{one.slug}")
        for one in Light
    ]


def _counts(row: Any, prefix: str = "") -> Counts:
    return counts({light: getattr(row, prefix + light.slug) or 0 for light in Light})


def urgent_lines(view: View, narrowing: Narrowing, users: Sequence[int]) -> dict[int, list[Line]]:
    """The red and amber obligations of these people, by person, the most urgent first."""
    query = obligations_on(view.day).where(
        Requirement.organisation_id == view.organisation.id, Obligation.user_id.in_(users)
    )
    if narrowing.requirement_id is not None:
        query = query.where(Obligation.requirement_id == narrowing.requirement_id)
    found: dict[int, list[Line]] = {}
    for row in db.session.execute(query):
        one = line(view.day, row)
        if is_urgent(one):
            found.setdefault(one.user_id, []).append(one)
    for lines in found.values():
        lines.sort(key=lambda one: (one.light, one.until or date.max, one.requirement_id))
    return found


def places(view: View, users: Sequence[int]) -> dict[int, list[Place]]:
    """The jobs by which these people are seen, by person."""
    jobs = (
        select(Job.user_id, Job.unit_id, Unit.name, Position.name.label("position"))
        .join(Unit, Unit.id == Job.unit_id)
        .outerjoin(Position, Position.id == Job.position_id)
        .where(Job.user_id.in_(users), Job.id.in_(view.jobs().with_only_columns(Job.id)))
        .order_by(Job.id)
    )
    found: dict[int, list[Place]] = {}
    for row in db.session.execute(jobs):
        place = Place(unit_id=row.unit_id, unit=row.name, position=row.position or "")
        found.setdefault(row.user_id, []).append(place)
    return found


def lines(view: View, narrowing: Narrowing, *, page: int = 1) -> Lines:
    """A page of obligations, by name of the person and requirement. Three queries."""
    rows = seen(view, narrowing)
    numbers = _numbers(rows, rows.c.light)
    chosen = select(rows.c.obligation_id, User.name, *numbers).join(User, User.id == rows.c.user_id)
    if narrowing.light is not None:
        chosen = chosen.where(rows.c.light == int(narrowing.light))
    ordered = chosen.order_by(User.name_folded, User.id, rows.c.requirement_id)
    found = db.session.execute(ordered.limit(PAGE).offset((page - 1) * PAGE)).all()
    by_light = _counts(found[0] if found else db.session.execute(select(*numbers)).one(), "all_")
    whole = obligations_on(view.day).where(Obligation.id.in_([row.obligation_id for row in found]))
    by_id = {row.obligation_id: line(view.day, row) for row in db.session.execute(whole)}
    return Lines(
        rows=[(row.name, by_id[row.obligation_id]) for row in found],
        counts=by_light,
        total=by_light.total if narrowing.light is None else by_light.of(narrowing.light),
        places=places(view, list({one.user_id for one in by_id.values()})),
    )


def titles_of(versions: dict[int, RequirementVersion], language: str) -> dict[int, str]:
    """{requirement id: title in the language}"""
    return {number: one.titles.get(language) or next(iter(one.titles.values()), "") for number, one in versions.items()}
