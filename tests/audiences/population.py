"""An organisation of people who differ in everything a rule asks about; and the same facts as plain data."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from app.accounts.models import Organisation, User
from app.catalogue.models import Course, CourseVersion
from app.clock import BAKU
from app.credentials.models import Certificate
from app.db import db
from app.learning.models import Enrolment
from app.organisations.models import Job, Placement, Position, Unit
from tests.factories import NOW

TODAY = date(2026, 11, 22)
FIRST = date(2024, 1, 1)
SLUGS = ("python", "ethics", "data")
CODES = ("A-1", "A-12", "B-1", "B%1")


@dataclass(kw_only=True)
class Fact:
    """What is known of one person."""

    id: int
    language: str
    closed: bool
    jobs: list[tuple[int, int, str | None, date, date | None]] = field(default_factory=list)  # org, unit, code, days
    finished: list[tuple[str, date]] = field(default_factory=list)
    papers: list[tuple[str, date, date | None, date | None]] = field(default_factory=list)  # issued, expires, revoked


@dataclass(kw_only=True)
class Population:
    organisation: Organisation
    other: Organisation
    units: list[Unit]
    places: list[tuple[int, int, date, date | None]]  # unit, parent, days
    people: list[Fact]


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BAKU)


def organisation(name: str) -> tuple[Organisation, Unit]:
    made = Organisation(name=name, created_at=NOW)
    db.session.add(made)
    db.session.flush()
    return made, unit(made, "-", name)


def unit(of: Organisation, code: str, name: str, under: Unit | None = None, *, from_on: date = FIRST) -> Unit:
    made = Unit(organisation_id=of.id, code=code, name=name, from_on=from_on)
    db.session.add(made)
    db.session.flush()
    if under is not None:
        db.session.add(Placement(unit_id=made.id, parent_id=under.id, from_on=from_on))
        db.session.flush()
    return made


def course(slug: str, title: str = "") -> Course:
    made = Course(slug=slug, created_at=NOW, titles={"en": title or slug})
    db.session.add(made)
    db.session.flush()
    db.session.add(CourseVersion(course_id=made.id, digest=slug.ljust(64, "0"), created_at=NOW))
    db.session.flush()
    return made


def finished(user_id: int, of: Course, on: date | None, *, left: bool = False) -> Enrolment:
    """A taking of the course, finished at noon of the day."""
    version = db.session.query(CourseVersion).filter_by(course_id=of.id).one()
    made = Enrolment(user_id=user_id, course_id=of.id, version_id=version.id, enrolled_at=NOW)
    made.completed_at = noon(on) if on else None
    made.left_at = NOW if left else None
    db.session.add(made)
    db.session.flush()
    return made


def certified(taking: Enrolment, on: date, *, until: date | None = None, revoked: date | None = None) -> Certificate:
    made = Certificate(
        code=f"C{taking.id}",
        enrolment_id=taking.id,
        user_id=taking.user_id,
        name="x",
        titles={},
        hours=1,
        language="az",
        evidence={},
        issued_at=noon(on),
        expires_on=until,
        revoked_at=noon(revoked) if revoked else None,
    )
    db.session.add(made)
    return made


def works(
    user: User,
    in_unit: Unit,
    position: Position | None = None,
    *,
    from_on: date = date(2026, 1, 1),
    until_on: date | None = None,
) -> Job:
    made = Job(
        user_id=user.id,
        organisation_id=in_unit.organisation_id,
        unit_id=in_unit.id,
        position_id=position.id if position else None,
        from_on=from_on,
        until_on=until_on,
    )
    db.session.add(made)
    db.session.flush()
    return made


def populate(count: int = 80, seed: int = 5) -> Population:
    """People of two organisations with jobs, courses and certificates of all ages; some units have moved."""
    dice = random.Random(seed)
    here, root = organisation("Nazirlik")
    there, elsewhere = organisation("Agentlik")
    units = [root]
    for n in range(8):
        units.append(unit(here, f"U{n}", f"Şöbə {n}", dice.choice(units)))
    moved = units[-1]
    place = db.session.query(Placement).filter_by(unit_id=moved.id).one()
    place.until_on = TODAY - timedelta(days=40)
    db.session.add(Placement(unit_id=moved.id, parent_id=units[1].id, from_on=TODAY - timedelta(days=39)))
    positions = [Position(code=code, name=f"Vəzifə {code}") for code in CODES]
    courses = {slug: course(slug) for slug in SLUGS}
    db.session.add_all(positions)
    db.session.flush()
    facts = [_person(n, dice, [*units, elsewhere], positions, courses) for n in range(count)]
    db.session.commit()
    places = [(one.unit_id, one.parent_id, one.from_on, one.until_on) for one in db.session.query(Placement)]
    return Population(organisation=here, other=there, units=units, places=places, people=facts)


def _person(
    n: int, dice: random.Random, units: list[Unit], positions: list[Position], courses: dict[str, Course]
) -> Fact:
    def some_day() -> date:
        return TODAY - timedelta(days=dice.choice([0, 1, 29, 30, 31, dice.randrange(800)]))

    user = User(name=f"P {n}", name_folded=f"p {n}", language=dice.choice(["az", "ru", "en"]), created_at=NOW)
    user.closed_at = NOW if dice.random() < 0.05 else None
    db.session.add(user)
    db.session.flush()
    fact = Fact(id=user.id, language=user.language, closed=user.closed_at is not None)
    for _job in range(dice.choice([0, 1, 1, 1, 2, 3])):
        at, position, begin = dice.choice(units), dice.choice([*positions, None]), some_day()
        end = begin + timedelta(days=dice.randrange(400)) if dice.random() < 0.3 else None
        works(user, at, position, from_on=begin, until_on=end)
        fact.jobs.append((at.organisation_id, at.id, position.code if position else None, begin, end))
    for slug, one in courses.items():
        for _time in range(dice.choice([0, 0, 1, 2])):
            done, left = some_day(), dice.random() < 0.1
            taking = finished(user.id, one, done, left=left)
            if not left:
                fact.finished.append((slug, done))
            if dice.random() < 0.7:
                until = done + timedelta(days=dice.randrange(400)) if dice.random() < 0.6 else None
                revoked = some_day() if dice.random() < 0.2 else None
                certified(taking, done, until=until, revoked=revoked)
                fact.papers.append((slug, done, until, revoked))
    return fact
