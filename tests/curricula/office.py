"""An organisation with a training officer, as pages find it today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Organisation, Role, User
from app.audiences.models import Audience
from app.clock import in_baku, utc_now
from app.curricula import requirements
from app.curricula.models import Obligation, Requirement
from app.db import db
from tests.curricula import people
from tests.factories import person, signed_in

DAY = people.DAY


def today() -> date:
    return in_baku(utc_now()).date()


@dataclass(kw_only=True)
class Office:
    organisation: Organisation
    officer: User
    staff: list[User] = field(default_factory=list)

    def hire(self, name: str, since: date | None = None) -> User:
        user = people.employee(self.organisation, since or today() - 400 * DAY, name)
        user.email_confirmed_at = user.consented_at = utc_now()
        user.language = "en"
        self.staff.append(user)
        db.session.commit()
        return user

    def audience(self, *users: User, since: date | None = None) -> Audience:
        day = since or today() - 30 * DAY
        made = people.audience(self.organisation, day)
        people.put(made, users, day)
        db.session.commit()
        return made

    def requirement(self, *slugs: str, since: date | None = None, **said: Any) -> Requirement:
        made = people.requirement(self.organisation, since or today() - 20 * DAY, *(slugs or ("python",)), **said)
        db.session.commit()
        return made

    def ask(self, requirement: Requirement, *users: User, since: date | None = None) -> list[Obligation]:
        """Asked because of an audience of just these people."""
        day = since or today() - 10 * DAY
        requirements.attach(requirement, self.audience(*users, since=since), by=self.officer, now=people.noon(day))
        db.session.commit()
        wanted = select(Obligation).where(Obligation.requirement_id == requirement.id).order_by(Obligation.id)
        return list(db.session.scalars(wanted))

    @property
    def at(self) -> str:
        return f"/requirements/{self.organisation.id}"


def office(name: str = "Kadr") -> Office:
    organisation = people.agency(today() - 500 * DAY)
    return Office(organisation=organisation, officer=person(name, role=Role.OFFICER, organisation_id=organisation.id))


def said(answer: Any) -> str:
    """The text of a page, blanks collapsed."""
    return " ".join(answer.get_data(as_text=True).split())


def by(client: FlaskClient, user: User) -> FlaskClient:
    return signed_in(client, user)
