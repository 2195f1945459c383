"""Units by requirements: how many of whom are asked are in order, rolled up the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.insights.lights import Counts, counts
from app.insights.viewing import Narrowing, View, seen
from app.organisations.tree import Placed

Cell = tuple[int, int]  # unit id, requirement id


@dataclass(frozen=True, kw_only=True)
class Row:
    """A unit with everything below it, or (`is_direct`) who works in the unit that is looked into itself."""

    unit: Placed
    is_direct: bool
    has_below: bool
    cells: dict[int, Counts]  # by requirement id
    total: Counts


@dataclass(frozen=True, kw_only=True)
class Heat:
    """The units below the one that is looked into (None: the topmost seen), and all of it in one row."""

    unit: Placed | None
    above: Sequence[Placed]
    rows: Sequence[Row]
    requirements: Sequence[int]
    cells: dict[int, Counts]
    total: Counts


@dataclass
class Tally:
    """Obligations by light, each counted once in a unit, however many jobs its person has below it."""

    numbers: dict[int, int] = field(default_factory=dict)
    single: set[tuple[int, int]] = field(default_factory=set)  # (obligation, light) of people with several jobs

    def counts(self) -> Counts:
        numbers = dict(self.numbers)
        for _obligation, light in self.single:
            numbers[light] = numbers.get(light, 0) + 1
        return counts(numbers)


def heat_map(view: View, unit_id: int | None = None) -> Heat:
    """Of what is seen in `view`; a unit that is not seen is as none. Six queries."""
    placed = view.units()
    by_id = {one.unit.id: one for one in placed}
    chosen = by_id.get(unit_id) if unit_id is not None else None
    if chosen is None and len([one for one in placed if _parent(one, by_id) is None]) == 1:
        chosen = next(one for one in placed if _parent(one, by_id) is None)
    tallies = _tallies(view)
    below = [one for one in placed if (_parent(one, by_id) == (chosen.unit.id if chosen else None))]
    requirements = sorted({requirement for _unit, requirement in tallies})
    rows = []
    if chosen is not None:
        rows.append(_row(chosen, [chosen.unit.id], tallies, requirements, is_direct=True, has_below=False))
    for one in below:
        inside = [unit.unit.id for unit in placed if one.unit.id in unit.path]
        rows.append(_row(one, inside, tallies, requirements, is_direct=False, has_below=len(inside) > 1))
    everywhere = (
        [unit.unit.id for unit in placed if chosen.unit.id in unit.path] if chosen else [one.unit.id for one in placed]
    )
    cells = {one: _sum(everywhere, [one], tallies) for one in requirements}
    return Heat(
        unit=chosen,
        above=[by_id[unit] for unit in chosen.path[:-1] if unit in by_id] if chosen else [],
        rows=[row for row in rows if row.total.total],
        requirements=[one for one in requirements if cells[one].total],
        cells=cells,
        total=_sum(everywhere, requirements, tallies),
    )


def _parent(one: Placed, known: dict[int, Placed]) -> int | None:
    """The nearest unit above that is seen, too."""
    return next((unit for unit in reversed(one.path[:-1]) if unit in known), None)


def _row(
    unit: Placed,
    inside: Sequence[int],
    tallies: dict[Cell, Tally],
    requirements: Sequence[int],
    *,
    is_direct: bool,
    has_below: bool,
) -> Row:
    return Row(
        unit=unit,
        is_direct=is_direct,
        has_below=has_below,
        cells={one: _sum(inside, [one], tallies) for one in requirements},
        total=_sum(inside, requirements, tallies),
    )


def _sum(units: Iterable[int], requirements: Sequence[int], tallies: dict[Cell, Tally]) -> Counts:
    whole = Tally()
    for unit in units:
        for requirement in requirements:
            tally = tallies.get((unit, requirement))
            if tally is not None:
                whole.single |= tally.single
                for light, number in tally.numbers.items():
                    whole.numbers[light] = whole.numbers.get(light, 0) + number
    return whole.counts()


def _tallies(view: View) -> dict[Cell, Tally]:
    """By unit and requirement. Grouped by the database; only who has several jobs is counted one by one."""
    rows = seen(view, Narrowing())
    jobs = view.jobs().subquery()
    several = (
        select(jobs.c.user_id).group_by(jobs.c.user_id).having(func.count(func.distinct(jobs.c.unit_id)) > 1).subquery()
    )
    units = (
        select(jobs.c.user_id, func.min(jobs.c.unit_id).label("unit_id"))
        .group_by(jobs.c.user_id)
        .having(func.count(func.distinct(jobs.c.unit_id)) == 1)
        .subquery()
    )
    tallies: dict[Cell, Tally] = {}
    grouped = (
        select(units.c.unit_id, rows.c.requirement_id, rows.c.light, func.count())
        .join(units, units.c.user_id == rows.c.user_id)
        .group_by(units.c.unit_id, rows.c.requirement_id, rows.c.light)
    )
    for unit_id, requirement_id, light, number in db.session.execute(grouped):
        tallies.setdefault((unit_id, requirement_id), Tally()).numbers[light] = number
    if db.session.execute(select(several).limit(1)).first() is None:
        return tallies
    one_by_one: Any = (
        select(jobs.c.unit_id, rows.c.requirement_id, rows.c.obligation_id, rows.c.light)
        .join(jobs, jobs.c.user_id == rows.c.user_id)
        .where(rows.c.user_id.in_(select(several)))
        .distinct()
    )
    for unit_id, requirement_id, obligation_id, light in db.session.execute(one_by_one):
        tallies.setdefault((unit_id, requirement_id), Tally()).single.add((obligation_id, light))
    return tallies
