"""Three years of a ministry, day by day: every status is what a simple reckoning from the events alone says it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from app.curricula import nightly
from app.db import db
from tests.curricula import three_years
from tests.curricula.people import noon
from tests.curricula.reckoning import Person
from tests.curricula.three_years import FIRST, Said, World

DAYS = 1096

pytestmark = pytest.mark.slow


def reckoned(world: World) -> dict[date, Said]:
    """By day, what the events alone say of everybody."""
    found: dict[date, Said] = {FIRST + timedelta(days=n): {} for n in range(len(world.said))}
    for user in world.users:
        for requirement in world.requirements:
            person = Person(world.events, user, requirement.id)
            for day, said in found.items():
                stand = person.step(day)
                if stand is not None:
                    said[user, requirement.id] = (stand.status, stand.due_on, stand.expires_on)
    return found


def test_every_status_on_every_day_is_what_the_events_alone_say(site: Flask) -> None:
    world = three_years.found(FIRST, seed=4)
    for n in range(DAYS):
        day = FIRST + timedelta(days=n)
        three_years.live(world, day, n)
        if n % 50 == 0:
            assert nightly.run(day, noon(day)) == nightly.Summary(), "a second round changes nothing"
            assert three_years.told(day) == world.said[day]
    right = reckoned(world)
    seen = set()
    for day, said in world.said.items():
        for key, stand in right[day].items():
            seen.add(stand[0])
            assert said.get(key) is not None, (day, key, stand)
            if stand[0] in ("exempt", "suspended", "archived"):
                assert said[key][0] == stand[0], (day, key)
            else:
                assert said[key] == stand, (day, key)
        assert said.keys() == right[day].keys(), day
    # FUTURE is only of what is given from a later day; all the others happened
    assert seen == {
        "archived",
        "exempt",
        "suspended",
        "valid",
        "window_open",
        "expired",
        "failed",
        "overdue",
        "in_progress",
        "pending",
    }
    for day, said in list(world.said.items())[::4]:
        assert three_years.told(day) == said, f"what was said on {day} is said of it later"
    db.session.rollback()
