"""Teams of made-up ministries, against a reading of the same rows without SQL."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import granting
from app.accounts.models import Grant, Role, User
from app.db import db
from app.errors import Refused
from app.organisations import teams, tree, working
from app.organisations.models import Job, Placement
from app.organisations.working import Place
from tests.factories import NOW, person

BEGAN = date(2026, 1, 1)


def covers(row: Any, day: date) -> bool:
    return row.from_on <= day and (row.until_on is None or row.until_on >= day)


class Ministries:
    """Two of them, with units that move, people who come, move, change managers and leave, and managers of units."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.users = [person(f"İşçi {number}") for number in range(9)]
        for name in ("Birinci", "İkinci"):
            self._make(name)
        db.session.commit()
        self.jobs = db.session.scalars(select(Job)).all()
        self.places = db.session.scalars(select(Placement)).all()
        self.grants = db.session.scalars(select(Grant)).all()

    def day(self) -> date:
        return BEGAN + timedelta(days=self.chance.randrange(60))

    def _make(self, name: str) -> None:
        organisation = working.create(name, by=None, now=NOW)
        units = [tree.root(organisation.id)]
        for number in range(6):
            parent = self.chance.choice(units)
            units.append(tree.open_unit(parent, str(number), str(number), on=BEGAN, by=None, now=NOW))
        for _move in range(5):
            try:
                tree.move(self.chance.choice(units), self.chance.choice(units), on=self.day(), by=None, now=NOW)
            except Refused:
                continue  # below itself, or before the last move
        for user in self.chance.sample(self.users, 7):
            job = working.join(user, organisation, from_on=self.day(), place=self._place(units, user), by=None, now=NOW)
            for _change in range(self.chance.randrange(3)):
                on = max(job.from_on, self.day())
                job = working.change(job, self._place(units, user), on=on, by=None, now=NOW)
            if self.chance.random() < 0.3:
                working.end(job, until_on=self.day(), by=None, now=NOW)
        for unit in self.chance.sample(units, 3):
            whole = unit is units[0]
            granting.grant(
                self.chance.choice(self.users),
                Role.MANAGER,
                organisation_id=organisation.id,
                unit_id=None if whole else unit.id,
                by=None,
                now=NOW,
            )

    def _place(self, units: list[Any], user: User) -> Place:
        boss = self.chance.choice([None, *self.users])
        return Place(unit_id=self.chance.choice(units).id, manager_id=boss.id if boss and boss is not user else None)

    # ---- the same, by hand

    def inside(self, unit_id: int, day: date) -> Iterable[int]:
        """A unit, and what it stands below, upwards."""
        seen: set[int] = set()
        while unit_id not in seen:
            seen.add(unit_id)
            unit_id = next(
                (one.parent_id for one in self.places if one.unit_id == unit_id and covers(one, day)), unit_id
            )
        return seen

    def team(self, user: User, day: date, today: date) -> set[int]:
        return {job.user_id for job in self.jobs if job.user_id != user.id and self.is_seen(job, user, day, today)}

    def is_seen(self, job: Job, user: User, day: date, today: date) -> bool:
        if not covers(job, day):
            return False
        within = {None, *self.inside(job.unit_id, day)}
        of_theirs = [
            one.unit_id for one in self.grants if (one.user_id, one.organisation_id) == (user.id, job.organisation_id)
        ]
        if within & set(of_theirs):
            return True
        here = [one for one in self.jobs if one.organisation_id == job.organisation_id]
        works = any(one.user_id == user.id and covers(one, today) for one in here)
        leads = any(one.manager_id == user.id and covers(one, today) for one in here)
        return works and leads and user.id in self.bosses(job, here, day)

    @staticmethod
    def bosses(job: Job, here: list[Job], day: date) -> set[int]:
        """Whom the job names, whom their jobs of that day name, and so on."""
        found: set[int] = set()
        waiting = [job.manager_id]
        while waiting:
            boss = waiting.pop()
            if boss is not None and boss not in found:
                found.add(boss)
                waiting += [one.manager_id for one in here if one.user_id == boss and covers(one, day)]
        return found


@pytest.mark.parametrize("seed", range(6))
def test_a_team_is_the_same_with_and_without_sql(site: Flask, seed: int) -> None:
    house = Ministries(seed)
    somebody = 0
    for days in (0, 15, 31, 59):
        day = BEGAN + timedelta(days=days)
        for today in {day, BEGAN + timedelta(days=59)}:
            for user in house.users:
                wanted = house.team(user, day, today)
                assert set(db.session.scalars(teams.team_on(user, day, today=today))) == wanted, (user.id, day, today)
                somebody += len(wanted)
    assert somebody > 20


@pytest.mark.parametrize("seed", range(6))
def test_the_nearest_leaders_of_somebody_all_see_them_and_who_is_led_has_one(site: Flask, seed: int) -> None:
    house = Ministries(seed)
    somebody = 0
    for days in (0, 31, 59):
        day = BEGAN + timedelta(days=days)
        for organisation_id in {job.organisation_id for job in house.jobs}:
            staff = set(db.session.scalars(teams.staff_on(organisation_id, day)))
            found = teams.nearest_leaders(organisation_id, staff, day)
            for user in house.users:
                seen = set(db.session.scalars(teams.team_on(user, day, organisation_id=organisation_id)))
                assert {person for person, leaders in found.items() if user.id in leaders} <= seen
            somebody += sum(map(len, found.values()))
    assert somebody > 5
