"""What a file would change, found out without changing anything. The same is found again right before it is applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flask_babel import gettext

from app.accounts import fin as fins
from app.accounts.models import Organisation
from app.clock import DAY
from app.errors import Refused
from app.folding import fold
from app.organisations.checking import Lines, PersonLine, checked, masked
from app.organisations.headings import Kind
from app.organisations.identifying import Identified, Someone, identify
from app.organisations.known import Known, known
from app.organisations.models import Job, Unit
from app.organisations.plans import Change, NewUnit, Plan, Works
from app.organisations.reading import Sheet
from app.organisations.restructuring import plan_positions, plan_units


@dataclass(frozen=True, kw_only=True)
class _Codes:
    """As a file may write them: {code or folded name: code}. `units`: those there are afterwards."""

    units: dict[str, str]
    unit_names: dict[str, str]
    positions: dict[str, str]


def plan_of(
    sheets: Sequence[Sheet],
    organisation: Organisation,
    data_folder: Path,
    *,
    is_full: bool,
    confirms: bool,
    today: date,
) -> Plan:
    """The difference between a file and the organisation. Reads only.

    `is_full`: who and what is not in the file has left; otherwise it only adds and changes. `confirms`: see
    `identifying.identify`.
    """
    lines = checked(list(sheets))
    hashes = {line.fin: fins.lookup(line.fin, data_folder) for line in lines.people if line.fin}
    managers = {line.manager for line in lines.people if line.manager}
    for typed in managers - hashes.keys():
        try:
            hashes[typed] = fins.lookup(fins.normalise(typed), data_folder)
        except Refused:
            continue  # a number or an address
    there = known(
        organisation,
        fins=set(hashes.values()),
        emails={line.email for line in lines.people if line.email} | {one.lower() for one in managers if "@" in one},
        numbers={line.number for line in lines.people if line.number} | managers,
        today=today,
    )
    plan = Plan(problems=lines.problems, ignored=sorted({one for sheet in sheets for one in sheet.ignored}))
    plan.working = sum(any(_is_in_force(job, today) for job in jobs) for jobs in there.jobs.values())
    units = plan_units(plan, lines, there, is_full=is_full)
    named: dict[str, list[str]] = {}
    every: list[Unit | NewUnit] = [*there.units.values(), *plan.opened]
    for unit in every:
        if unit.code in units:
            named.setdefault(fold(unit.name), []).append(unit.code)
    codes = _Codes(
        units={code: code for code in units} | ({plan.root_code: there.root.code} if plan.root_code else {}),
        unit_names={name: found[0] for name, found in named.items() if len(found) == 1},
        positions=plan_positions(plan, lines, there),
    )
    who = identify(plan, lines, there, hashes, confirms=confirms)
    for someone in who.people:
        if someone.ref in there.owned.people:
            _leave(plan, someone, there, codes, who)
            continue
        wanted = _wanted(someone, lines, there, codes, who, hashes)
        if wanted is not None:
            _pair(plan, someone, wanted, lines, there, is_full=is_full)
    if is_full and Kind.PEOPLE in lines.kinds and not lines.problems:
        _end_missing(plan, there, {someone.ref for someone in who.people})
    _refuse_emptying(plan, lines, there)
    return plan


def _wanted(
    someone: Someone, lines: Lines, there: Known, codes: _Codes, who: Identified, hashes: dict[str, str]
) -> list[tuple[PersonLine, Works]] | None:
    """The jobs a person's rows ask for; None when one of them is wrong."""
    found: list[tuple[PersonLine, Works]] = []
    before = len(lines.problems)
    for line in someone.lines:
        works = Works(
            person=someone.ref,
            unit=_unit(line, lines, there, codes),
            position=_position(line, lines, codes),
            manager=_manager(line, someone, lines, there, who, hashes),
            number=line.number or None,
            from_on=line.from_on or there.today,
            until_on=line.until_on,
        )
        if any((works.unit, works.position) == (other.unit, other.position) for _line, other in found):
            sentence = gettext("This person has the same job in two rows. Leave one of them out.")
            lines.refuse(line.at, "unit", line.unit, sentence)
        found.append((line, works))
    return found if len(lines.problems) == before else None


def _unit(line: PersonLine, lines: Lines, there: Known, codes: _Codes) -> str:
    """ "" where the file has no column of units."""
    if not line.unit and not line.unit_name:
        return there.root.code if {"unit", "unit_name"} & lines.headings[line.at.sheet].keys() else ""
    found = codes.units.get(line.unit) or codes.unit_names.get(fold(line.unit or line.unit_name))
    if found is None:
        sentence = gettext("There is no unit with this code. Add it, or correct the code.")
        lines.refuse(line.at, "unit" if line.unit else "unit_name", line.unit or line.unit_name, sentence)
    return found or ""


def _position(line: PersonLine, lines: Lines, codes: _Codes) -> str | None:
    if not line.position and not line.position_name:
        return None
    found = codes.positions.get(line.position or fold(line.position_name))
    if found is None:
        sentence = gettext("There is no position with this code. Add its name in a column of its own, or its list.")
        lines.refuse(line.at, "position", line.position, sentence)
    return found


def _manager(
    line: PersonLine, someone: Someone, lines: Lines, there: Known, who: Identified, hashes: dict[str, str]
) -> int | None:
    typed = line.manager
    if not typed:
        return None
    found = who.by_key.get(typed)
    if found is None:
        found = who.by_key.get(typed.lower()) or who.by_key.get(typed.upper())
    if found is None:
        user = there.by_fin.get(hashes.get(typed, "")) or there.by_email.get(typed.lower())
        found = user.id if user is not None and user.id in there.jobs else None
    if found is None:
        sentence = gettext("Nobody of the organisation has this number or FIN. Correct it, or add the manager's row.")
        lines.refuse(line.at, "manager", typed, sentence)
    elif found == someone.ref:
        lines.refuse(line.at, "manager", typed, gettext("Nobody is their own manager."))
    return found


def _pair(
    plan: Plan, someone: Someone, wanted: list[tuple[PersonLine, Works]], lines: Lines, there: Known, *, is_full: bool
) -> None:
    """What of a person's jobs goes on, changes, begins or ends. Jobs of the same unit are the same job."""
    open_jobs = list(there.jobs.get(someone.ref, ()))
    left: list[tuple[PersonLine, Works]] = []
    for line, works in wanted:
        same = [job for job in open_jobs if works.unit in ("", there.unit_codes[job.unit_id])]
        same.sort(key=lambda job: _position_code(job, there) != works.position)
        if same:
            open_jobs.remove(same[0])
            _continue(plan, line, _with_what_is_not_said(works, same[0], line, lines, there), same[0], there)
        else:
            left.append((line, works))
    for line, works in left:
        moved = next((job for job in open_jobs if _is_in_force(job, there.today)), None)
        if moved is not None and not _is_over(works, there):
            open_jobs.remove(moved)
            _continue(plan, line, _with_what_is_not_said(works, moved, line, lines, there), moved, there)
        else:
            _begin(plan, someone, line, replace(works, unit=works.unit or there.root.code), there)
    for job in open_jobs if is_full else ():  # the file has rows of this person, and none of this job
        _end(plan, Change.JOB_ENDED, job, there.yesterday, someone.first.name, there, row=someone.first.at.row)


def _leave(plan: Plan, someone: Someone, there: Known, codes: _Codes, who: Identified) -> None:
    """A connected system says where this person works; what the rows say otherwise is shown, and nothing is done."""
    jobs = there.jobs.get(someone.ref, [])
    for line in someone.lines:
        unit = codes.units.get(line.unit) or codes.unit_names.get(fold(line.unit or line.unit_name)) or line.unit
        position = codes.positions.get(line.position or fold(line.position_name)) or line.position
        there_now = [job for job in jobs if unit in ("", there.unit_codes[job.unit_id])]
        otherwise = []
        if line.until_on is not None and line.until_on < there.today:
            otherwise += [_said(line.until_on)] if jobs else []
        elif not there_now:
            otherwise.append(unit or there.root.code)
        elif position and position not in {_position_code(job, there) for job in there_now}:
            otherwise.append(position)
        elif line.manager and who.by_key.get(line.manager) not in {None, *(job.manager_id for job in there_now)}:
            otherwise.append(masked(line.manager))
        elif line.number and line.number not in {job.number for job in there_now}:
            otherwise.append(line.number)
        if otherwise:
            standing = ", ".join(there.unit_codes[job.unit_id] for job in jobs)
            plan.say(Change.JOB_OWNED, line.name, row=line.at.row, before=standing, after=", ".join(otherwise))


def _with_what_is_not_said(works: Works, job: Job, line: PersonLine, lines: Lines, there: Known) -> Works:
    """A file without a column of managers, say, takes no manager away."""
    columns = lines.headings[line.at.sheet].keys()
    return replace(
        works,
        unit=works.unit or there.unit_codes[job.unit_id],
        position=works.position if columns & {"position", "position_name"} else _position_code(job, there),
        manager=works.manager if "manager" in columns else job.manager_id,
        number=works.number or job.number,
    )


def _continue(plan: Plan, line: PersonLine, works: Works, job: Job, there: Known) -> None:
    last = max(works.until_on, there.yesterday) if works.until_on else None
    name, row = line.name, line.at.row
    if last is not None and last < there.today:
        _end(plan, Change.JOB_ENDED, job, last, name, there, row=row)
        return
    unit, position = there.unit_codes[job.unit_id], _position_code(job, there)
    if (unit, position, job.manager_id, job.number) == (works.unit, works.position, works.manager, works.number):
        if last != job.until_on:
            plan.ended.append((job.id, last))
            kind = Change.JOB_REOPENED if last is None else Change.JOB_ENDED
            plan.say(kind, name, row=row, before=_said(job.until_on), after=_said(last))
        return
    on = max(works.from_on, there.today, job.from_on)  # days gone by stay as they were reported
    plan.ended.append((job.id, on - DAY))
    plan.begun.append(replace(works, from_on=on, until_on=last))
    if unit != works.unit:
        plan.say(Change.JOB_MOVED, name, row=row, before=unit, after=works.unit)
    else:
        plan.say(Change.JOB_CHANGED, name, row=row, before=position or "", after=works.position or "")


def _begin(plan: Plan, someone: Someone, line: PersonLine, works: Works, there: Known) -> None:
    if _is_over(works, there):
        if someone.ref not in there.past:
            plan.say(Change.GONE_BEFORE, line.name, row=line.at.row, after=_said(works.until_on))
        return
    # Somebody new here may have come long ago; of who is known here, days gone by stay as they were reported.
    first = works.from_on if someone.ref not in there.past else max(works.from_on, there.today)
    plan.begun.append(replace(works, from_on=first))
    plan.say(Change.JOB_BEGUN, line.name, row=line.at.row, before=_said(first), after=works.unit)


def _end(plan: Plan, kind: Change, job: Job, last: date, name: str, there: Known, row: int | None = None) -> None:
    if job.until_on is None or job.until_on > last:
        plan.ended.append((job.id, max(last, job.from_on - DAY)))
        plan.say(kind, name, row=row, before=there.unit_codes[job.unit_id], after=_said(last))


def _end_missing(plan: Plan, there: Known, named: set[int]) -> None:
    unnamed = [user_id for user_id in there.jobs if user_id not in named]
    gone = [user_id for user_id in unnamed if user_id not in there.owned.people]
    if stay := len(unnamed) - len(gone):
        plan.say(Change.PEOPLE_OWNED, there.organisation.name, before=str(stay))
    for user_id in gone:
        user = there.people.get(user_id)
        for job in there.jobs[user_id]:
            _end(plan, Change.JOB_MISSING, job, there.yesterday, user.name if user else f"#{user_id}", there)
    plan.missing = sum(any(_is_in_force(job, there.today) for job in there.jobs[user_id]) for user_id in gone)


def _refuse_emptying(plan: Plan, lines: Lines, there: Known) -> None:
    """Nobody may be left in a unit that the file closes."""
    ending = {job_id: last for job_id, last in plan.ended if last is not None}
    closing = dict(plan.closed)
    names = {unit.id: (code, unit.name) for code, unit in there.units.items()}
    staying: dict[int, int] = {}
    for jobs in there.jobs.values():
        for job in jobs:
            last = ending.get(job.id, job.until_on)
            if job.unit_id in closing and (last is None or last > closing[job.unit_id]):
                staying[job.unit_id] = staying.get(job.unit_id, 0) + 1
    listed = {line.code: line for line in lines.units}
    for unit_id, count in staying.items():
        code, name = names[unit_id]
        sentence = gettext(
            "“%(name)s” would be closed, but %(count)s people still work there. Move them, or keep it in the list.",
            name=name,
            count=count,
        )
        line = listed.get(code) or (lines.units[0] if lines.units else None)
        if line is not None:
            lines.refuse(line.at, "unit", code, sentence)


def _is_in_force(job: Job, day: date) -> bool:
    return job.from_on <= day and (job.until_on is None or job.until_on >= day)


def _is_over(works: Works, there: Known) -> bool:
    return works.until_on is not None and works.until_on < there.today


def _position_code(job: Job, there: Known) -> str | None:
    return there.position_codes[job.position_id] if job.position_id else None


def _said(day: date | None) -> str:
    return day.isoformat() if day else ""
