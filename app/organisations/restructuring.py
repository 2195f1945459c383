"""Which units and positions a file opens, renames, moves and closes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext

from app.folding import fold
from app.organisations.checking import Lines, PersonLine, UnitLine
from app.organisations.headings import Kind
from app.organisations.known import Known
from app.organisations.models import Unit
from app.organisations.plans import Change, NewUnit, Plan


def plan_units(plan: Plan, lines: Lines, known: Known, *, is_full: bool) -> set[str]:
    """Add to `plan` what becomes of the units; return the codes of those there are afterwards."""
    wanted = _wanted(lines, known)
    top = next((line for line in wanted.values() if _is_top(line, known)), None)
    root = top.code if top else known.root.code
    if root != known.root.code:
        plan.root_code = root
        plan.say(
            Change.UNIT_RECODED, known.root.name, row=top.at.row if top else None, before=known.root.code, after=root
        )
    kept = {code: unit for code, unit in known.units.items() if unit is not known.root}
    by_id = {unit.id: code for code, unit in kept.items()} | {known.root.id: root}
    parents = {code: by_id.get(known.parents[unit.id].parent_id, root) for code, unit in kept.items()}
    for code, line in wanted.items():
        if line is top:
            continue
        parent = root if line.parent in ("", known.root.code) else line.parent
        unit, before = kept.get(code), parents.get(code, "")
        if unit is not None and unit.id in known.owned.units:
            _leave(plan, line, unit, before, parent)
            continue
        if parent not in kept and parent not in wanted and parent != root:
            sentence = gettext("There is no unit with this code. Add it, or correct the code.")
            lines.refuse(line.at, "parent", parent, sentence)
            continue
        parents[code] = parent
        if unit is None:
            _refuse_second(lines, line, known)
            first = line.from_on or known.today
            plan.opened.append(NewUnit(code=code, name=line.name, parent=parent, from_on=first, until_on=line.until_on))
            plan.say(Change.UNIT_OPENED, line.name, row=line.at.row, after=code)
            continue
        if line.name != unit.name:
            plan.renamed.append((unit.id, line.name))
            plan.say(Change.UNIT_RENAMED, unit.name, row=line.at.row, before=unit.name, after=line.name)
        if parent != before:
            plan.moved.append((unit.id, parent))
            plan.say(Change.UNIT_MOVED, line.name, row=line.at.row, before=before, after=parent)
        last = max(line.until_on, known.yesterday) if line.until_on else None
        if last is not None and last != unit.until_on:
            _close(plan, known, code, last, row=line.at.row)
    if is_full and Kind.UNITS in lines.kinds:
        needed = _needed(known, parents)
        for code in sorted(kept.keys() - wanted.keys() - needed):
            _close(plan, known, code, known.yesterday)
        if stay := len(needed & kept.keys() - wanted.keys()):
            plan.say(Change.UNITS_OWNED, known.organisation.name, before=str(stay))
    _refuse_circles(lines, wanted, parents)
    gone = {unit_id for unit_id, last in plan.closed if last < known.today}
    left = {code for code in parents if code not in kept or kept[code].id not in gone} | {root}
    for code in sorted(left - {root}):
        if parents[code] not in left:
            _refuse_loss(lines, wanted.get(code) or wanted.get(parents[code]), parents[code])
    return left | {known.root.code}


def plan_positions(plan: Plan, lines: Lines, known: Known) -> dict[str, str]:
    """Add to `plan` the new positions; return {folded name: code} of all. Names of known ones stay: they are shared."""
    codes = {code: one.name for code, one in known.positions.items()}
    names = {folded: one.code for folded, one in known.position_names.items()}

    def add(code: str, name: str, row: int) -> None:
        if code not in codes:
            codes[code] = name
            names.setdefault(fold(name), code)
            plan.positions.append((code, name))
            plan.say(Change.POSITION_ADDED, name, row=row, after=code)
        elif codes[code] != name and code in known.positions:
            plan.say(Change.POSITION_KEPT, codes[code], row=row, after=name)

    for line in lines.positions:
        add(line.code, line.name, line.at.row)
    for person in _first_of_each(lines.people):
        if person.position and person.position not in codes:
            add(person.position, person.position_name, person.at.row)
        elif not person.position and fold(person.position_name) not in names:
            add(person.position_name[:60], person.position_name, person.at.row)
    return names | {code: code for code in codes}


def _first_of_each(people: Iterable[PersonLine]) -> list[PersonLine]:
    found: dict[tuple[str, str], PersonLine] = {}
    for line in people:
        if line.position_name:
            found.setdefault((line.position, fold(line.position_name) if not line.position else ""), line)
    return list(found.values())


def _wanted(lines: Lines, known: Known) -> dict[str, UnitLine]:
    """The units of a file by code: its list of them, and new ones that only the columns of people name."""
    found: dict[str, UnitLine] = {}
    for line in lines.units:
        if line.code in found:
            sentence = gettext("This code stands in row %(row)s already.", row=found[line.code].at.row)
            lines.refuse(line.at, "unit", line.code, sentence)
        else:
            found[line.code] = line
    for person in lines.people:
        if person.unit_name and person.unit and person.unit not in found and person.unit not in known.units:
            found[person.unit] = UnitLine(
                at=person.at,
                code=person.unit,
                name=person.unit_name,
                parent=person.parent,
                from_on=None,
                until_on=None,
            )
    return found


def _is_top(line: UnitLine, known: Known) -> bool:
    """The organisation itself, as many lists have it in their first row."""
    if line.code == known.root.code:
        return True
    return not line.parent and line.code not in known.units and fold(line.name) == fold(known.organisation.name)


def _leave(plan: Plan, line: UnitLine, unit: Unit, stands_in: str, parent: str) -> None:
    """A connected system says what this unit is; what the row says otherwise is shown, and nothing is done."""
    otherwise = []
    if line.name != unit.name:
        otherwise.append((unit.name, line.name))
    if parent != stands_in:
        otherwise.append((stands_in, parent))
    if line.until_on is not None and line.until_on != unit.until_on:
        otherwise.append((_said(unit.until_on), _said(line.until_on)))
    for before, after in otherwise:
        plan.say(Change.UNIT_OWNED, unit.name, row=line.at.row, before=before, after=after)


def _needed(known: Known, parents: dict[str, str]) -> set[str]:
    """Codes of the units that connected systems have, or have people in, and of all that stands above them."""
    ids = known.owned.units | {
        job.unit_id for user_id in known.owned.people for job in known.jobs.get(user_id, ())
    }  # fmt: skip
    found: set[str] = set()
    for code in (code for code, unit in known.units.items() if unit.id in ids):
        at: str | None = code
        while at is not None and at not in found:
            found.add(at)
            at = parents.get(at)
    return found


def _refuse_second(lines: Lines, line: UnitLine, known: Known) -> None:
    """A unit of the name of one that a system has: from then on nobody could tell which of the two is meant."""
    same = (
        unit for unit in known.units.values() if unit.id in known.owned.units and fold(unit.name) == fold(line.name)
    )
    if (unit := next(same, None)) is not None:
        sentence = gettext(
            "A connected system has a unit of this name under the code %(code)s. Write that code here.", code=unit.code
        )
        lines.refuse(line.at, "unit", line.code, sentence)


def _said(day: date | None) -> str:
    return day.isoformat() if day else ""


def _close(plan: Plan, known: Known, code: str, last: date, row: int | None = None) -> None:
    unit = known.units[code]
    plan.closed.append((unit.id, last))
    plan.say(Change.UNIT_CLOSED, unit.name, row=row, before=code, after=last.isoformat())


def _refuse_circles(lines: Lines, wanted: dict[str, UnitLine], parents: dict[str, str]) -> None:
    for code, line in wanted.items():
        at, seen = parents.get(code), {code}
        while at is not None and at not in seen:
            seen.add(at)
            at = parents.get(at)
        if at == code:
            sentence = gettext("This unit would stand below itself. Correct the code of what it stands below.")
            lines.refuse(line.at, "parent", line.parent, sentence)


def _refuse_loss(lines: Lines, line: UnitLine | None, parent: str) -> None:
    """A unit that stays below one that is closed."""
    sentence = gettext("The unit “%(code)s” is closed, but another stays below it. Move that one first.", code=parent)
    if line is not None:
        lines.refuse(line.at, "parent", parent, sentence)
