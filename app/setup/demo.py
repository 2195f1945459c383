"""People to look around with, one of each role, and an agency where they work. Never in production.

Their passwords are made once for a data folder and kept in `demo-people.json` there, readable by its owner alone.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from app.accounts import granting, passwords, registering
from app.accounts.models import Organisation, Role, User
from app.catalogue.models import Course
from app.catalogue.reading import listed_courses
from app.clock import begins, in_baku
from app.curricula import assigning
from app.db import db
from app.learning import cohorts
from app.organisations import tree, working
from app.organisations.models import Unit
from app.training import attending, booking, planning, rooms
from app.training.planning import Slot

FILE = "demo-people.json"
ORGANISATION = "Nümunə Agentliyi"


@dataclass(frozen=True, kw_only=True)
class Person:
    who: str
    name: str
    email: str
    role: Role | None = None


PEOPLE = (
    Person(who="learner", name="Leyla Məmmədova", email="learner@bilik.example"),
    Person(who="instructor", name="Ənvər Quliyev", email="instructor@bilik.example", role=Role.INSTRUCTOR),
    Person(who="manager", name="Şəbnəm Hüseynova", email="manager@bilik.example", role=Role.MANAGER),
    Person(who="officer", name="Nigar Rzayeva", email="officer@bilik.example", role=Role.OFFICER),
    Person(who="administrator", name="İlqar Əhmədov", email="administrator@bilik.example", role=Role.ADMINISTRATOR),
)


# The agency: departments, what is below them, and who works there beside those above. The manager has the first one.
UNITS = (
    ("1", "Rəqəmsal xidmətlər şöbəsi", ""),
    ("1.1", "Proqramlaşdırma sektoru", "1"),
    ("1.2", "Məlumatların təhlili sektoru", "1"),
    ("2", "Maliyyə və uçot şöbəsi", ""),
    ("3", "Kadrlar və təlim şöbəsi", ""),
)
POSITIONS = (("MM", "Şöbə müdiri"), ("BM", "Baş mütəxəssis"), ("AM", "Aparıcı mütəxəssis"))
STAFF = (
    ("learner", "1.1", "AM"),
    ("manager", "1", "MM"),
    ("officer", "3", "BM"),
    ("Rəşad Cəfərov", "1.1", "BM"),
    ("Günel İsmayılova", "1.2", "AM"),
    ("Orxan Bağırov", "1.2", "BM"),
    ("Səbinə Kərimova", "2", "MM"),
    ("Tural Nəbiyev", "2", "AM"),
)


def people_exist() -> bool:
    return db.session.scalar(select(User.id).where(User.email == PEOPLE[0].email)) is not None


def may_be_made() -> bool:
    """Only beside nobody: a data folder with people of its own gets no accounts with printed passwords."""
    return not db.session.scalar(select(func.count()).select_from(User))


def make_people(data: Path, *, now: datetime) -> list[str]:
    """Make them, or find them, and return one line each with the password."""
    secrets_file = data / FILE
    if not people_exist():
        said = {person.email: "-".join(secrets.token_hex(2) for _part in range(3)) for person in PEOPLE}
        _write(secrets_file, said)
        _make(said, now=now)
    try:
        said = json.loads(secrets_file.read_text())
    except (OSError, ValueError):
        return [f"demo people are there; their passwords were in {secrets_file}, which cannot be read any more"]
    return [f"{person.who:<14} {person.email:<28} {said[person.email]}" for person in PEOPLE]


def _write(file: Path, said: dict[str, str]) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(said, out, indent=1)


def _make(said: dict[str, str], *, now: datetime) -> None:
    """The learner works in a unit of the manager and is asked to take a course; the instructor has a cohort of it."""
    users = {}
    for person in PEOPLE:
        user = registering.new_user(person.name, email=person.email, language="az", now=now)
        user.email_confirmed_at = user.consented_at = now
        user.password_hash = passwords.hash_password(said[person.email])
        users[person.who] = user
    db.session.flush()
    administrator = users["administrator"]
    organisation, units = _agency(users, by=administrator, now=now)
    today = in_baku(now).date()
    for person in PEOPLE:
        if person.role is not None:
            granting.grant(
                users[person.who],
                person.role,
                organisation_id=organisation.id if person.role in granting.OF_ORGANISATION else None,
                unit_id=units["1"].id if person.role is Role.MANAGER else None,
                by=administrator,
                now=now,
            )
    courses = sorted(listed_courses(), key=lambda course: course.slug != "python-basics")
    if courses:
        assigning.assign(
            organisation, [users["learner"]], courses[0], today + timedelta(days=60), by=users["manager"], now=now
        )
        plan = cohorts.Plan(name="Payız qrupu", language="az", starts_on=today, ends_on=None, seats=30)
        cohorts.open_cohort(courses[0], plan, by=users["instructor"], now=now)
        _training(courses[0], users, now=now)


def _training(course: Course, users: dict[str, User], *, now: datetime) -> None:
    """In person, begun a week ago: full, somebody waits, the first meeting is marked and the second one comes."""
    trainer, asked = users["instructor"], now - timedelta(days=20)
    room = rooms.add("Otaq 3", "Bakı, Nizami küçəsi 5", 12, by=users["administrator"], now=asked)
    held = [begins(in_baku(now).date() + timedelta(days=days)) + timedelta(hours=10) for days in (-7, 7, 14)]
    planned = planning.Plan(
        trainer_id=trainer.id,
        language="az",
        seats=3,
        joins_until=None,
        cancels_until=None,
        share=max(planning.asked_share(course), 0.6),
        note="Noutbuk gətirmək lazım deyil: kompüterlər otaqdadır.",
        slots=tuple(Slot(starts_at=one, ends_at=one + timedelta(hours=3), room_id=room.id) for one in held),
    )
    training = planning.open_training(course, planned, by=trainer, now=asked)
    names = [who for who, _unit, _code in STAFF if who not in users][:3]
    others = {one.name: one for one in db.session.scalars(select(User).where(User.name.in_(names)))}
    seats = [booking.book(one, training, now=asked) for one in (users["learner"], *map(others.__getitem__, names))]
    first = training.meetings[0]
    for seat, present in zip(seats, (True, True, False), strict=False):
        attending.mark(first, seat, present, how="list", at=first.starts_at, by=trainer, now=first.ends_at)


def _agency(users: dict[str, User], *, by: User, now: datetime) -> tuple[Organisation, dict[str, Unit]]:
    """The demo organisation with its units by code and people in them."""
    organisation = working.create(ORGANISATION, by=by, now=now)
    today = in_baku(now).date()
    units = {"": tree.root(organisation.id)}
    for code, name, parent in UNITS:
        units[code] = tree.open_unit(units[parent], code, name, on=today, by=by, now=now)
    positions = {code: working.position(code, name) for code, name in POSITIONS}
    for number, (who, unit, code) in enumerate(STAFF, start=1):
        user = users.get(who) or registering.new_user(who, email=None, language="az", now=now)
        reports = unit.startswith("1") and who != "manager"
        place = working.Place(
            unit_id=units[unit].id,
            position_id=positions[code].id,
            manager_id=users["manager"].id if reports else None,
            number=f"{number:04}",
        )
        working.join(user, organisation, from_on=today, place=place, by=by, now=now)
    return organisation, units
