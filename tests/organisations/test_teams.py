"""Who sees whom."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Select

from app.accounts import granting
from app.accounts.models import Role, User
from app.db import db
from app.organisations import teams, tree, working
from app.organisations.models import Job, Unit
from app.organisations.working import Place
from tests.factories import NOW, person

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 30), date(2026, 5, 1)


class House:
    """A ministry of two departments, the first with a section, somebody in each; and another ministry."""

    def __init__(self) -> None:
        self.ministry, self.other = (working.create(name, by=None, now=NOW) for name in ("Nazirlik", "Başqa"))
        root = tree.root(self.ministry.id)
        self.first, self.second = self.open(root, "1"), self.open(root, "2")
        self.section = self.open(self.first, "1.1")
        self.anar, self.banu, self.cavid = (person(name) for name in ("Anar", "Banu", "Cavid"))
        self.jobs = [
            self.hire(user, unit)
            for user, unit in ((self.anar, self.first), (self.banu, self.section), (self.cavid, self.second))
        ]
        self.dilarə = person("Dilarə")
        working.join(self.dilarə, self.other, from_on=MARCH, by=None, now=NOW)

    def open(self, parent: Unit, code: str) -> Unit:
        return tree.open_unit(parent, code, f"Şöbə {code}", on=MARCH, by=None, now=NOW)

    def hire(self, user: User, unit: Unit, manager: User | None = None, from_on: date = MARCH) -> Job:
        place = Place(unit_id=unit.id, manager_id=manager.id if manager else None)
        return working.join(user, self.ministry, from_on=from_on, place=place, by=None, now=NOW)

    def manager_of(self, unit: Unit | None) -> User:
        user = person("Müdir")
        unit_id = unit.id if unit else None
        granting.grant(user, Role.MANAGER, organisation_id=self.ministry.id, unit_id=unit_id, by=None, now=NOW)
        return user


def names(query: Select[int]) -> list[str]:
    return sorted(db.session.get_one(User, number).name for number in db.session.scalars(query))


@pytest.fixture
def house(site: Flask) -> House:
    return House()


def test_a_manager_of_a_unit_sees_it_and_what_is_below(house: House) -> None:
    assert names(teams.team_on(house.manager_of(house.first), MARCH)) == ["Anar", "Banu"]
    assert names(teams.team_on(house.manager_of(house.section), MARCH)) == ["Banu"]
    assert names(teams.team_on(house.manager_of(None), MARCH)) == ["Anar", "Banu", "Cavid"]
    assert names(teams.team_on(person(), MARCH)) == []


def test_who_leaves_a_unit_leaves_its_view_the_same_day_and_stays_in_the_days_before(house: House) -> None:
    manager = house.manager_of(house.first)
    working.change(house.jobs[0], Place(unit_id=house.second.id), on=MAY, by=None, now=NOW)
    assert names(teams.team_on(manager, MAY)) == ["Banu"]
    assert names(teams.team_on(manager, APRIL, today=MAY)) == ["Anar", "Banu"]
    assert not teams.sees(manager, house.anar.id, MAY)
    assert teams.sees(manager, house.anar.id, APRIL, today=MAY)


def test_a_unit_that_moves_away_takes_its_people_out_of_the_view(house: House) -> None:
    manager = house.manager_of(house.first)
    tree.move(house.section, house.second, on=MAY, by=None, now=NOW)
    assert names(teams.team_on(manager, APRIL)) == ["Anar", "Banu"]
    assert names(teams.team_on(manager, MAY)) == ["Anar"]


def test_reports_are_seen_directly_and_through_others(house: House) -> None:
    working.change(house.jobs[1], Place(unit_id=house.section.id, manager_id=house.anar.id), on=MAY, by=None, now=NOW)
    working.change(house.jobs[2], Place(unit_id=house.second.id, manager_id=house.banu.id), on=MAY, by=None, now=NOW)
    assert names(teams.team_on(house.anar, MAY)) == ["Banu", "Cavid"]
    assert names(teams.team_on(house.banu, MAY)) == ["Cavid"]
    assert names(teams.team_on(house.anar, APRIL, today=MAY)) == []
    assert teams.led_organisations(house.anar, MAY) == {house.ministry.id}
    assert not teams.leads(house.cavid, MAY)


def test_managers_in_a_circle_see_each_other_and_not_themselves(house: House) -> None:
    for job, manager in zip(house.jobs, (house.banu, house.anar), strict=False):
        working.change(job, Place(unit_id=job.unit_id, manager_id=manager.id), on=MAY, by=None, now=NOW)
    assert names(teams.team_on(house.anar, MAY)) == ["Banu"]


def test_a_manager_who_has_left_sees_neither_the_present_nor_the_past(house: House) -> None:
    job = working.change(house.jobs[1], Place(unit_id=house.section.id, manager_id=house.anar.id), on=MARCH, by=None,
                         now=NOW)  # fmt: skip
    assert job.from_on == MARCH
    assert names(teams.team_on(house.anar, APRIL)) == ["Banu"]
    working.end(house.jobs[0], until_on=APRIL, by=None, now=NOW)
    assert names(teams.team_on(house.anar, MAY)) == []
    assert names(teams.team_on(house.anar, APRIL, today=MAY)) == []
    assert teams.led_organisations(house.anar, MAY) == set()


def test_nobody_is_in_their_own_team(house: House) -> None:
    manager = house.manager_of(house.first)
    house.hire(manager, house.first)
    assert names(teams.team_on(manager, MARCH)) == ["Anar", "Banu"]
    assert not teams.sees(manager, manager.id, MARCH)


def test_what_is_seen_of_one_organisation_opens_no_other(house: House) -> None:
    manager = house.manager_of(None)
    working.join(house.anar, house.other, from_on=MARCH, by=None, now=NOW)
    assert teams.sees(manager, house.anar.id, MARCH, organisation_id=house.ministry.id)
    assert not teams.sees(manager, house.anar.id, MARCH, organisation_id=house.other.id)
    assert names(teams.team_on(manager, MARCH, organisation_id=house.other.id)) == []
    places = db.session.execute(teams.team_jobs_on(manager, MARCH).where(Job.user_id == house.anar.id)).all()
    assert places == [(house.anar.id, house.ministry.id, house.first.id)]


def test_a_training_officer_sees_who_works_in_the_organisation(house: House) -> None:
    officer = person("Kadr", role=Role.OFFICER, organisation_id=house.ministry.id)
    assert names(teams.staff_on(house.ministry.id, MARCH)) == ["Anar", "Banu", "Cavid"]
    assert teams.sees(officer, house.anar.id, MARCH)
    assert not teams.sees(officer, house.dilarə.id, MARCH)
    assert not teams.sees(officer, house.anar.id, date(2026, 2, 1))
    assert names(teams.team_on(officer, MARCH)) == []
    assert teams.overseen_organisations(officer) == {house.ministry.id}


def test_an_administrator_sees_everybody(house: House) -> None:
    assert teams.sees(person(role=Role.ADMINISTRATOR), house.dilarə.id, MAY)
