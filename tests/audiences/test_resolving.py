"""The rule as SQL finds whom a simple reading of the same rule finds; members are kept by day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as some

from app.accounts.models import User
from app.audiences import explaining, reading, resolving
from app.audiences.models import Audience, AudienceMember, AudienceVersion
from app.audiences.rules import Rule
from app.db import db
from app.organisations.models import Job
from tests.audiences.population import CODES, SLUGS, TODAY, Fact, Population, organisation, populate, unit, works
from tests.factories import NOW, person

DAY = timedelta(days=1)


# ---- a simple reading of the JSON, written apart from the site's


def fits(rule: dict[str, Any], fact: Fact, population: Population, day: date) -> bool:
    here = population.organisation.id
    jobs = [job for job in fact.jobs if job[0] == here and job[3] <= day and (job[4] is None or day <= job[4])]
    if fact.closed or not jobs or fact.id in rule["never"]:
        return False
    if fact.id in rule["always"] or not rule["groups"]:
        return True
    found = [group_fits(group, fact, jobs, population, day) for group in rule["groups"]]
    return all(found) if rule["match"] == "all" else any(found)


def group_fits(group: dict[str, Any], fact: Fact, jobs: list[Any], population: Population, day: date) -> bool:
    def job_fits(asked: dict[str, Any], job: Any) -> bool:
        _org, at, code, begin, _end = job
        if asked["kind"] == "unit":
            return bool(set(asked["units"]) & (above(at, population, day) if asked["below"] else {at}))
        if asked["kind"] == "position":
            if code is None:
                return False
            return any(code.startswith(one) if asked["beginning"] else code == one for one in asked["codes"])
        days = (day - begin).days
        return {
            "before": lambda: begin < date.fromisoformat(asked["on"]),
            "since": lambda: begin >= date.fromisoformat(asked["on"]),
            "at_least": lambda: days >= asked["days"],
            "at_most": lambda: days <= asked["days"],
        }[asked["how"]]()

    def person_fits(asked: dict[str, Any]) -> bool:
        if asked["kind"] == "language":
            return fact.language in asked["languages"]
        if asked["kind"] == "completed":
            first = earlier(day, asked["months"]) if asked["months"] else date.min
            held = {slug for slug, done in fact.finished if first <= done <= day}
        elif asked["kind"] == "holds":
            held = {
                slug
                for slug, issued, until, revoked in fact.papers
                if issued <= day and (until is None or day <= until) and (revoked is None or day < revoked)
            }
        else:
            return any(job_fits(asked, job) for job in jobs)
        named = set(asked["courses"])
        return named <= held if asked["need"] == "all" else bool(named & held)

    job_kinds = ("unit", "position", "started")
    together = [one for one in group["conditions"] if one["kind"] in job_kinds and not one["not"]]
    if group["match"] == "any":
        return any(person_fits(one) != one["not"] for one in group["conditions"])
    return all(person_fits(one) != one["not"] for one in group["conditions"]) and (
        not together or any(all(job_fits(one, job) for one in together) for job in jobs)
    )


def earlier(day: date, months: int) -> date:
    """Month by month; the 31st becomes the last day of a shorter one."""
    first = day.replace(day=1)
    for _month in range(months):
        first = (first - DAY).replace(day=1)
    while True:
        try:
            return first.replace(day=day.day)
        except ValueError:
            day -= DAY


def above(unit: int, population: Population, day: date) -> set[int]:
    found = {unit}
    while True:
        more = {
            parent
            for one, parent, begin, end in population.places
            if one in found and begin <= day and (end is None or day <= end)
        }
        if more <= found:
            return found
        found |= more


# ---- generated rules


def rules(population: Population) -> some.SearchStrategy[dict[str, Any]]:
    def condition(kind: str, **parts: some.SearchStrategy[Any]) -> some.SearchStrategy[dict[str, Any]]:
        return some.fixed_dictionaries({"kind": some.just(kind), "not": some.booleans(), **parts})

    def chosen(of: Any) -> some.SearchStrategy[list[Any]]:
        return some.lists(some.sampled_from(of), min_size=1, max_size=3)

    days = some.dates(TODAY - timedelta(days=400), TODAY).map(date.isoformat)
    need = some.sampled_from(["all", "any"])
    conditions = some.one_of(
        condition("unit", units=chosen([one.id for one in population.units]), below=some.booleans()),
        condition("position", codes=chosen([*CODES, "A-", "B"]), beginning=some.booleans()),
        condition("started", how=some.sampled_from(["before", "since"]), on=days),
        condition("started", how=some.sampled_from(["at_least", "at_most"]), days=some.sampled_from([0, 1, 30, 200])),
        condition("language", languages=chosen(["az", "ru", "en"])),
        condition("completed", need=need, courses=chosen(SLUGS), months=some.sampled_from([None, 1, 6, 24])),
        condition("holds", need=need, courses=chosen(SLUGS)),
    )
    group = some.fixed_dictionaries({"match": need, "conditions": some.lists(conditions, min_size=1, max_size=4)})
    ids = [one.id for one in population.people]
    return some.builds(
        lambda match, groups, always, never: {
            "version": 1,
            "match": match,
            "groups": groups,
            "always": always,
            "never": sorted(set(never) - set(always)),
        },
        need,
        some.lists(group, max_size=3),
        some.lists(some.sampled_from(ids), max_size=2),
        some.lists(some.sampled_from(ids), max_size=2),
    )


def test_the_sql_of_a_rule_finds_whom_a_simple_reading_finds_and_why_says_the_same(site: Flask) -> None:
    population = populate()

    @settings(max_examples=150)
    @given(some.data())
    def compare(data: some.DataObject) -> None:
        rule = data.draw(rules(population))
        day = TODAY - timedelta(days=data.draw(some.sampled_from([0, 1, 39, 40, 200])))
        found = list(db.session.scalars(resolving.people(reading.parse(rule), population.organisation.id, day)))
        assert len(found) == len(set(found))
        assert set(found) == {one.id for one in population.people if fits(rule, one, population, day)}
        for one in data.draw(some.lists(some.sampled_from(population.people), min_size=2, max_size=4)):
            user = db.session.get_one(User, one.id)
            reason = explaining.why(reading.parse(rule), population.organisation.id, user, day)
            assert reason.holds == (one.id in found)

    compare()


# ---- members by day


@pytest.fixture
def house(site: Flask) -> tuple[Any, Any, Any]:
    made, root = organisation("Nazirlik")
    return made, root, unit(made, "IT", "İT", root)


def audience(of: Any, rule: dict[str, Any], name: str = "İT") -> Audience:
    made = Audience(organisation_id=of.id, name=name, created_at=NOW)
    db.session.add(made)
    db.session.flush()
    version(made, rule, 1)
    return made


def version(of: Audience, rule: dict[str, Any], number: int) -> None:
    db.session.add(AudienceVersion(audience_id=of.id, number=number, rule={"version": 1} | rule, created_at=NOW))
    db.session.flush()


def in_units(*units: Any, below: bool = True) -> dict[str, Any]:
    return {"groups": [{"conditions": [{"kind": "unit", "units": [one.id for one in units], "below": below}]}]}


def kept(of: Audience) -> list[tuple[int, date, date | None]]:
    db.session.expire_all()
    rows = db.session.query(AudienceMember).filter_by(audience_id=of.id)
    return sorted((row.user_id, row.from_on, row.until_on) for row in rows)


def test_who_comes_and_goes_is_kept_by_day_and_asking_again_changes_nothing(house: Any) -> None:
    org, root, it = house
    stays, leaves, comes = (person(name) for name in ("Kamran", "Leyla", "Nigar"))
    works(stays, it)
    job = works(leaves, it)
    works(comes, root)
    made = audience(org, in_units(it))
    assert resolving.recompute(TODAY, NOW) == {made.id: (2, 0)}
    assert resolving.recompute(TODAY, NOW) == {}
    job.until_on = TODAY
    works(comes, it, from_on=TODAY + DAY)
    assert resolving.recompute(TODAY + DAY, NOW) == {made.id: (1, 1)}
    assert kept(made) == [
        (stays.id, TODAY, None),
        (leaves.id, TODAY, TODAY),
        (comes.id, TODAY + DAY, None),
    ]
    assert set(db.session.scalars(resolving.members_on(made.id, TODAY))) == {stays.id, leaves.id}
    assert set(db.session.scalars(resolving.members_on(made.id, TODAY + DAY))) == {stays.id, comes.id}


def test_who_came_and_went_on_one_day_was_never_in(house: Any) -> None:
    org, _root, it = house
    works(who := person(), it)
    made = audience(org, in_units(it))
    resolving.recompute(TODAY, NOW)
    assert [row[0] for row in kept(made)] == [who.id]
    version(made, {"groups": [], "never": [who.id]}, 2)
    assert resolving.recompute(TODAY, NOW) == {made.id: (0, 1)}
    assert kept(made) == []


def test_who_went_by_mistake_and_is_back_on_the_same_day_has_not_been_out(house: Any) -> None:
    org, _root, it = house
    works(who := person(), it)
    made = audience(org, in_units(it))
    resolving.recompute(TODAY, NOW)
    version(made, {"groups": [], "never": [who.id]}, 2)
    resolving.recompute(TODAY + DAY, NOW)
    assert kept(made) == [(who.id, TODAY, TODAY)]
    version(made, in_units(it), 3)
    resolving.recompute(TODAY + DAY, NOW)
    assert kept(made) == [(who.id, TODAY, None)]


def test_an_archived_audience_loses_everybody_and_others_are_left_alone(house: Any) -> None:
    org, _root, it = house
    works(who := person(), it)
    made, other = audience(org, in_units(it)), audience(org, {"groups": []}, "Hamı")
    resolving.recompute(TODAY, NOW)
    made.archived_at = NOW
    assert resolving.recompute(TODAY + DAY, NOW, [other.id]) == {}
    assert resolving.recompute(TODAY + DAY, NOW, [made.id]) == {made.id: (0, 1)}
    assert kept(made) == [(who.id, TODAY, TODAY)]
    assert kept(other) == [(who.id, TODAY, None)]


def test_a_night_on_which_nobody_moves_writes_no_row_of_a_member(
    house: Any, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    org, _root, it = house
    for n in range(3):
        works(person(f"P {n}"), it)
    audience(org, in_units(it))
    resolving.recompute(TODAY, NOW)
    with counting() as statements:
        resolving.recompute(TODAY + DAY, NOW)
    assert [one for one in statements if "audience_member" in one and "SELECT" not in one] == []


def test_a_change_of_jobs_or_units_is_seen_whichever_way_it_came(house: Any) -> None:
    org, root, it = house
    job = works(person(), it)
    audience(org, in_units(it))
    before = resolving.fingerprints()
    assert resolving.fingerprints() == before
    for change in ({"until_on": TODAY}, {"unit_id": root.id}, {"from_on": date(2025, 1, 1)}):
        db.session.query(Job).filter_by(id=job.id).update(change)
        after = resolving.fingerprints()
        assert after != before, change
        before = after
    unit(org, "X", "Yeni", it)
    assert resolving.fingerprints() != before


def test_a_rule_of_one_organisation_never_finds_somebody_of_another(house: Any) -> None:
    org, _root, _it = house
    other, elsewhere = organisation("Başqa")
    works(stranger := person(), elsewhere)
    rule = reading.parse({"version": 1, "groups": [], "always": [stranger.id]})
    assert list(db.session.scalars(resolving.people(rule, org.id, TODAY))) == []
    rule = reading.parse({"version": 1} | in_units(elsewhere))
    assert list(db.session.scalars(resolving.people(rule, org.id, TODAY))) == []
    assert list(db.session.scalars(resolving.people(Rule(), other.id, TODAY))) == [stranger.id]
