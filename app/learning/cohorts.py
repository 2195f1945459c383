"""Groups that take a course together: opening, dates, joining by code, putting in from a list, extensions."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts import registering
from app.accounts.models import User
from app.catalogue import reading
from app.catalogue.models import Course
from app.clock import BAKU, in_baku
from app.db import db
from app.errors import Refused
from app.learning import enrolling
from app.learning.models import Cohort, Enrolment, Extension, UnitDue
from app.notices.telling import Mail, tell_many

CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another when read from a board
MOST_ROWS = 500


def end_of_day(day: date) -> datetime:
    """The last second of a day in Baku: what "due on 5 March" means."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=BAKU)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an instructor says of a cohort."""

    name: str
    language: str
    starts_on: date
    ends_on: date | None
    seats: int | None


def open_cohort(course: Course, plan: Plan, *, by: User, now: datetime) -> Cohort:
    """A new cohort with a join code of its own. Raises Refused for impossible dates."""
    if not course.is_listed:
        raise Refused(_("Publish the course before opening a cohort of it."))
    cohort = Cohort(course=course, join_code=_new_code(), created_by=by.id, created_at=now)
    _apply(cohort, plan)
    db.session.add(cohort)
    db.session.flush()
    audit.record("cohort_opened", actor_id=by.id, now=now, subject_type="cohort", subject_id=cohort.id)
    return cohort


def change_cohort(cohort: Cohort, plan: Plan, *, by: User, now: datetime) -> None:
    taken = seats_taken(cohort)
    if plan.seats is not None and plan.seats < taken:
        raise Refused(
            _("%(taken)s learners are in it already; there cannot be fewer seats.", taken=taken), field="seats"
        )
    _apply(cohort, plan)
    audit.record("cohort_changed", actor_id=by.id, now=now, subject_type="cohort", subject_id=cohort.id)


def _apply(cohort: Cohort, plan: Plan) -> None:
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        raise Refused(_("The end is before the beginning."), field="ends_on")
    cohort.name, cohort.language = plan.name.strip(), plan.language
    cohort.starts_on, cohort.ends_on, cohort.seats = plan.starts_on, plan.ends_on, plan.seats


def _new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _sign in range(8))


def close_cohort(cohort: Cohort, *, by: User, now: datetime) -> None:
    """Nobody joins any more; who is in it goes on."""
    cohort.closed_at = cohort.closed_at or now
    audit.record("cohort_closed", actor_id=by.id, now=now, subject_type="cohort", subject_id=cohort.id)


def reopen_cohort(cohort: Cohort, *, by: User, now: datetime) -> None:
    cohort.closed_at = None
    audit.record("cohort_reopened", actor_id=by.id, now=now, subject_type="cohort", subject_id=cohort.id)


def in_cohort(cohort: Cohort) -> ColumnElement[bool]:
    """Of enrolments: takes the course in this cohort."""
    return (Enrolment.cohort_id == cohort.id) & Enrolment.left_at.is_(None)


def seats_taken(cohort: Cohort) -> int:
    return db.session.scalar(select(func.count()).select_from(Enrolment).where(in_cohort(cohort))) or 0


def cohort_by_code(code: str) -> Cohort | None:
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return db.session.scalar(select(Cohort).where(Cohort.join_code == signs).options(joinedload(Cohort.course)))


def former_cohort(user: User, cohort: Cohort) -> Cohort | None:
    """The other cohort of the same course in which `user` is now, and which joining `cohort` would end."""
    current = enrolling.open_enrolment(user, cohort.course)
    if current is None or current.completed_at is not None or current.cohort_id == cohort.id:
        return None
    return current.cohort


def join(user: User, cohort: Cohort, *, leaving: int | None = None, by: User | None = None, now: datetime) -> Enrolment:
    """Take the course in this cohort; again is harmless. Raises Refused when it is closed, over or full.

    Who is in another cohort of the course moves only if that is the one that was said to be left: `leaving`, its id.
    `by`: who does it, if not the learner.
    """
    current = enrolling.open_enrolment(user, cohort.course)
    if current is not None and current.cohort_id == cohort.id:
        return current
    if current is not None and current.completed_at is not None:
        raise Refused(_("This course is already finished."))
    if cohort.closed_at is not None:
        raise Refused(_("This cohort is closed. Ask its instructor."))
    if cohort.ends_on is not None and cohort.ends_on < in_baku(now).date():
        raise Refused(_("This cohort has ended. Ask its instructor for the next one."))
    db.session.scalar(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())  # the last seat is given once
    if cohort.seats is not None and seats_taken(cohort) >= cohort.seats:
        raise Refused(_("All %(seats)s seats of this cohort are taken. Ask its instructor.", seats=cohort.seats))
    if current is not None and current.cohort_id is not None and current.cohort_id == leaving:
        _move(current, cohort, by=by or user, now=now)
    return enrolling.enrol(user, cohort.course, cohort=cohort, by=by, now=now)


def _move(enrolment: Enrolment, cohort: Cohort, *, by: User, now: datetime) -> None:
    """From one cohort of a course to another, with everything done so far; the dates are those of the new one."""
    audit.record(
        "cohort_moved",
        actor_id=by.id,
        now=now,
        subject_type="enrolment",
        subject_id=enrolment.id,
        before=enrolment.cohort_id,
        cohort_id=cohort.id,
    )
    enrolment.cohort = cohort


def take_out(enrolment: Enrolment, *, by: User, now: datetime) -> None:
    """The learner goes on alone, with everything done so far, without due dates."""
    audit.record(
        "cohort_taken_out",
        actor_id=by.id,
        now=now,
        subject_type="enrolment",
        subject_id=enrolment.id,
        cohort_id=enrolment.cohort_id,
    )
    enrolment.cohort = None


def set_due(cohort: Cohort, days: dict[str, date | None], *, by: User, now: datetime) -> None:
    """The day each unit is due, to its end in Baku; None: no day. Units not named stay as they are.

    Who is in the cohort is told when that changes anything.
    """
    rows = {row.unit: row for row in db.session.scalars(select(UnitDue).where(UnitDue.cohort_id == cohort.id))}
    before = {unit: row.due_at for unit, row in rows.items()}
    for unit, day in days.items():
        row = rows.get(unit)
        if day is None and row is not None:
            db.session.delete(row)
        elif day is not None and row is not None:
            row.due_at = end_of_day(day)
        elif day is not None:
            db.session.add(UnitDue(cohort_id=cohort.id, unit=unit, due_at=end_of_day(day)))
    audit.record("cohort_due_set", actor_id=by.id, now=now, subject_type="cohort", subject_id=cohort.id)
    after = {**before, **{unit: end_of_day(day) if day else None for unit, day in days.items()}}
    if {unit: at for unit, at in after.items() if at} != before:
        _tell_dates(cohort, sorted(at for at in after.values() if at and at > now), by=by, now=now)


def _tell_dates(cohort: Cohort, to_come: Sequence[datetime], *, by: User, now: datetime) -> None:
    mails = []
    members = select(Enrolment).where(in_cohort(cohort)).options(joinedload(Enrolment.user))
    for enrolment in db.session.scalars(members):
        user = enrolment.user
        params = {
            "cohort": cohort.name,
            "titles": cohort.course.titles,
            "by": by.name,
            "next_on": in_baku(to_come[0]).date().isoformat() if to_come else None,
            "enrolment_id": enrolment.id,
        }
        key = f"dates_changed:{enrolment.id}:{now.isoformat()}"
        mails.append(Mail(recipient_id=user.id, address=user.address, language=user.language, params=params, key=key))
    tell_many("dates_changed", mails, now=now)


def extend(enrolment: Enrolment, unit: str, day: date, reason: str, *, by: User, now: datetime) -> Extension:
    """One learner gets until the end of `day` for one unit. Given again it replaces the former."""
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Say why; the reason stays with the extension."), field="reason")
    if reading.load(enrolment.version).unit(unit) is None:
        raise Refused(_("There is no such unit in this course."), field="unit")
    if day < in_baku(now).date():
        raise Refused(_("Give a day that is still to come."), field="day")
    said = {"due_at": end_of_day(day), "reason": reason, "given_by": by.id, "given_at": now}
    extension = db.session.scalar(
        select(Extension).where(Extension.enrolment_id == enrolment.id, Extension.unit == unit)
    )
    if extension is None:
        extension = Extension(enrolment_id=enrolment.id, unit=unit, **said)
        db.session.add(extension)
    for name, value in said.items():
        setattr(extension, name, value)
    audit.record(
        "extension_given",
        actor_id=by.id,
        now=now,
        subject_type="enrolment",
        subject_id=enrolment.id,
        unit=unit,
        day=str(day),
        reason=reason,
    )
    return extension


# ---- putting people in from a list


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of a list of learners. `problem` is a sentence; a line with one is left out."""

    line: int
    name: str
    email: str
    problem: str = ""


def read_list(text: str) -> list[Listed]:
    """Name and e-mail a line, parted by comma, semicolon or tab, with or without a heading."""
    text = text.removeprefix("\ufeff")
    try:
        rows = [
            (number, [cell.strip() for cell in row])
            for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=_delimiter(text)), 1)
        ]
    except csv.Error as problem:  # a cell without end, as of a file that is no list
        raise Refused(_("This cannot be read as a list of names and addresses."), field="list") from problem
    rows = [(number, row) for number, row in rows if any(row)]
    if rows and not any("@" in cell for cell in rows[0][1]):
        rows = rows[1:]  # the heading
    if len(rows) > MOST_ROWS:
        raise Refused(
            _("A list may have up to %(most)s lines; this one has %(count)s.", most=MOST_ROWS, count=len(rows)),
            field="list",
        )
    seen: set[str] = set()
    read = []
    for number, row in rows:
        email = next((cell for cell in row if "@" in cell), "")
        name = " ".join(cell for cell in row if cell and "@" not in cell)
        wrong = ""
        try:
            email = registering.normalise_email(email)
        except Refused:
            wrong = _("“%(email)s” is not an e-mail address.", email=email or ", ".join(row))
        if not wrong and not name:
            wrong = _("The name is missing.")
        try:
            name = name and registering.normalise_name(name)
        except Refused as refusal:
            wrong = wrong or refusal.message
        if not wrong and email in seen:
            wrong = _("This address stands in the list twice.")
        seen.add(email)
        read.append(Listed(line=number, name=name, email=email, problem=wrong))
    return read


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)
