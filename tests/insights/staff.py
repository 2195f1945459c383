"""A ministry for tests of what managers see: units, people, courses asked of them and courses of their own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.accounts import granting
from app.accounts.models import Organisation, Role, User
from app.clock import BAKU, in_baku, utc_now
from app.curricula import allocating, completing, requirements
from app.curricula.models import Obligation, Requirement
from app.curricula.requirements import Draft
from app.db import db
from app.learning import enrolling
from app.organisations import tree, working
from app.organisations.models import Unit
from app.organisations.working import Place
from tests.factories import finish, person, published

DAY = timedelta(days=1)


def today() -> date:
    """Pages look at the clock, so what they show is arranged around today."""
    return in_baku(utc_now()).date()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BAKU)


class Ministry:
    """`Nazirlik` > `IT idarəsi` > `Proqram şöbəsi`, beside it `Hüquq idarəsi`; all there for 400 days."""

    def __init__(self, name: str = "Nazirlik") -> None:
        self.since = today() - timedelta(days=400)
        now = noon(self.since)
        self.organisation: Organisation = working.create(name, by=None, now=now)
        root = tree.root(self.organisation.id)
        self.it = tree.open_unit(root, "IT", "IT idarəsi", on=self.since, by=None, now=now)
        self.code = tree.open_unit(self.it, "PR", "Proqram şöbəsi", on=self.since, by=None, now=now)
        self.law = tree.open_unit(root, "HQ", "Hüquq idarəsi", on=self.since, by=None, now=now)
        self.officer = person("Kadr Məmuru", role=Role.OFFICER, organisation_id=self.organisation.id)
        db.session.commit()

    def employee(self, name: str, unit: Unit, *, since: date | None = None, under: User | None = None) -> User:
        user = person(name)
        start = since or self.since
        place = Place(unit_id=unit.id, manager_id=under.id if under else None)
        working.join(user, self.organisation, from_on=start, by=None, now=noon(start), place=place)
        db.session.commit()
        return user

    def manager(self, name: str, unit: Unit | None = None) -> User:
        user = person(name)
        granting.grant(
            user,
            Role.MANAGER,
            organisation_id=self.organisation.id,
            unit_id=unit.id if unit else None,
            by=None,
            now=noon(self.since),
        )
        db.session.commit()
        return user

    def requirement(self, title: str, *courses: str, **said: object) -> Requirement:
        draft = Draft(
            titles={"az": title, "en": title, "ru": title},
            parts=[{"need": "all", "courses": list(courses)}],
            **said,  # type: ignore[arg-type]
        )
        made = requirements.create(self.organisation, title, draft, by=None, now=noon(self.since))
        db.session.commit()
        return made

    def ask(self, requirement: Requirement, *users: User, on: date | None = None, due_on: date | None = None) -> None:
        now = noon(on or self.since + DAY)
        allocating.give(requirement, users, due_on=due_on, by=self.officer, now=now)
        db.session.commit()

    def obligation(self, user: User, requirement: Requirement) -> Obligation:
        query = select(Obligation).where(Obligation.user_id == user.id, Obligation.requirement_id == requirement.id)
        return db.session.scalars(query).one()


def finished(user: User, slug: str, on: date) -> None:
    """The published course, taken and finished on a day, as the site writes it."""
    course = published(slug)
    finish(enrolling.enrol(user, course, now=noon(on)), now=noon(on))
    completing.complete(on)
    db.session.commit()
