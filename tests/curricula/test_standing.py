"""What SQL says of obligations is what `rules.status` says of the same days, whatever the days are."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from flask import Flask

from app.clock import end_of
from app.curricula.models import DueDate, Exemption, Obligation, Period, Requirement, Source
from app.curricula.rules import Status, Validity, status
from app.curricula.standing import obligations_on
from app.db import db
from app.organisations.models import Leave
from tests.curricula import people
from tests.curricula.people import DAY, noon

START = date(2028, 2, 1)  # of a leap year


def somewhere(chance: random.Random) -> date:
    return START + timedelta(days=chance.randint(0, 60))


def spell(chance: random.Random) -> dict[str, Any]:
    first = somewhere(chance)
    return {"from_on": first, "until_on": chance.choice([None, first + timedelta(days=chance.randint(-1, 30))])}


def anything(chance: random.Random, obligation: Obligation, requirement: Requirement, user_id: int) -> dict[str, Any]:
    """Rows of any days for the obligation; the same as plain data."""
    facts: dict[str, Any] = {"archived_on": requirement.archived_on, "periods": []}
    facts["sources"] = [spell(chance) for _n in range(chance.randint(1, 3))]
    facts["exempt"] = [spell(chance) for _n in range(chance.choice([0, 0, 1]))]
    facts["away"] = [spell(chance) | {"withdrawn": chance.random() < 0.3} for _n in range(chance.choice([0, 0, 1]))]
    facts["away"] = [one for one in facts["away"] if one["until_on"] is None or one["until_on"] >= one["from_on"]]
    facts["known"] = min(one["from_on"] for one in facts["sources"]) - timedelta(days=chance.choice([0, 0, 9]))
    for one in facts["sources"]:
        db.session.add(
            Source(obligation_id=obligation.id, assigned_by=user_id, assigned_at=noon(facts["known"]), **one)
        )
    for one in facts["exempt"]:
        db.session.add(
            Exemption(
                obligation_id=obligation.id,
                kind="other",
                reason="-",
                decided_by=user_id,
                decided_at=noon(START),
                **one,
            )
        )
    for one in facts["away"]:
        db.session.add(
            Leave(
                user_id=user_id,
                organisation_id=requirement.organisation_id,
                kind="illness",
                from_on=one["from_on"],
                until_on=one["until_on"],
                recorded_at=noon(START),
                withdrawn_at=noon(START) if one["withdrawn"] else None,
            )
        )
    start = min(one["from_on"] for one in facts["sources"])
    for number in range(3):
        period = {"start_on": start, "begun_on": chance.choice([None, start, start + timedelta(days=4)]), "done": None}
        due_from = start
        period["due"] = []
        for last in (start + timedelta(days=chance.randint(2, 9)), None):
            due_on = chance.choice([None, somewhere(chance)])
            closes_on = due_on and chance.choice([None, due_on + timedelta(days=chance.randint(0, 9))])
            period["due"].append({"from_on": due_from, "until_on": last, "due_on": due_on, "closes_on": closes_on})
            due_from = (last or start) + DAY
        if chance.random() < 0.7:
            done = start + timedelta(days=chance.randint(0, 8))
            opens = done + timedelta(days=chance.randint(1, 15))
            forever = chance.random() < 0.1
            period["done"] = done
            period["valid"] = Validity() if forever else Validity(window_opens_on=opens, expires_on=opens + 9 * DAY)
        facts["periods"].append(period)
        row = Period(
            obligation_id=obligation.id,
            number=number,
            start_on=start,
            begun_on=period["begun_on"],
            completed_on=period["done"],
            **({"completed_by": {}} if period["done"] else {}),
            window_opens_on=period["valid"].window_opens_on if period["done"] else None,
            expires_on=period["valid"].expires_on if period["done"] else None,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(DueDate(period_id=row.id, cause="assigned", **one) for one in period["due"])
        if not period["done"] or period["valid"].window_opens_on is None:
            break
        start = period["valid"].window_opens_on
    return facts


def right(facts: dict[str, Any], day: date) -> Status:
    """By the pure rules, from the plain data."""

    def holds(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in rows if one["from_on"] <= day and (one["until_on"] is None or one["until_on"] >= day)]

    taken = [one for one in facts["periods"] if one["start_on"] <= day or one is facts["periods"][0]][-1]
    done = [one for one in facts["periods"] if one["done"] and one["done"] <= day]
    held = holds(taken["due"])
    to_come = [one for one in facts["sources"] if taken["start_on"] > day and (one["until_on"] or day) >= day]
    archived = facts["archived_on"] is not None and facts["archived_on"] <= day
    return status(
        day,
        in_force=bool(holds(facts["sources"]) or to_come) and not archived,
        exempt=bool(holds(facts["exempt"])),
        on_leave=bool(holds([one for one in facts["away"] if not one["withdrawn"]])),
        valid=done[-1]["valid"] if done else None,
        start_on=taken["start_on"],
        due_on=held[0]["due_on"] if held else None,
        closes_on=held[0]["closes_on"] if held else None,
        begun_on=taken["begun_on"],
    )


def test_sql_says_what_the_rules_say_of_any_days(site: Flask) -> None:
    chance = random.Random(7)
    agency = people.agency(START)
    requirements = [people.requirement(agency, START, "ethics") for _n in range(4)]
    requirements[3].archived_on = START + 30 * DAY
    facts = {}
    for n in range(200):
        user, requirement = people.employee(agency, START), requirements[n % 4]
        obligation = Obligation(user_id=user.id, requirement_id=requirement.id)
        db.session.add(obligation)
        db.session.flush()
        facts[obligation.id] = anything(chance, obligation, requirement, user.id)
    seen = set()
    for days in range(-2, 100, 3):
        day = START + timedelta(days=days)
        said = {row.obligation_id: row for row in db.session.execute(obligations_on(day))}
        assert said.keys() == {key for key, one in facts.items() if one["known"] <= day}
        for key, row in said.items():
            assert row.status == right(facts[key], day), (day, facts[key])
        seen |= {row.status for row in said.values()}
    assert seen == set(Status)


def test_a_day_is_over_at_midnight_in_baku() -> None:
    assert end_of(date(2028, 2, 29)).isoformat() == "2028-02-29T20:00:00+00:00"
