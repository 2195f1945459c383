"""Lists of people and obligations: counted, narrowed, turned over, with as many queries for many rows as for few."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import User
from app.curricula import moving
from app.db import db
from app.insights import asking, heat, listing, trends, viewing
from app.insights.lights import Counts, Light
from app.insights.listing import Order
from app.insights.viewing import Narrowing, View
from app.notices.models import Notice
from app.organisations import working
from app.organisations.working import Place
from tests.factories import published, signed_in
from tests.insights.staff import DAY, Ministry, finished, noon, today

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def ministry(site: Flask) -> Ministry:
    return Ministry()


def look(user: User, ministry: Ministry, day: date | None = None) -> View:
    found = viewing.view_of(user, ministry.organisation.id, day=day or today(), today=today())
    assert found is not None
    return found


def standing_people(ministry: Ministry) -> dict[str, User]:
    """One of each light, one asked nothing."""
    published("first")
    requirement = ministry.requirement("Etika", "first", validity_months=12, window_days=60)
    names = ("red", "amber", "green", "grey", "nothing")
    people = {name: ministry.employee(f"Adam {name}", ministry.code) for name in names}
    ministry.ask(requirement, people["red"], due_on=today() - DAY)
    ministry.ask(requirement, people["amber"], due_on=today() + 30 * DAY)
    ministry.ask(requirement, people["green"], due_on=today() + 31 * DAY)
    ministry.ask(requirement, people["grey"])
    moving.exempt(
        ministry.obligation(people["grey"], requirement),
        kind="other",
        reason="Stajçı",
        from_on=today() - DAY,
        until_on=None,
        by=ministry.officer,
        now=noon(today()),
    )
    db.session.commit()
    return people


def test_people_are_counted_by_their_most_urgent_light_and_found_by_it(ministry: Ministry) -> None:
    people = standing_people(ministry)
    view = look(ministry.officer, ministry)
    found = listing.people(view, Narrowing())
    assert found.counts == Counts(red=1, amber=1, green=1, grey=1)
    assert (found.everybody, found.total) == (5, 5)
    assert [row.user_id for row in found.rows] == [people[n].id for n in ("red", "amber", "green", "grey", "nothing")]
    for light in Light:
        one = listing.people(view, Narrowing(light=light))
        assert [row.user_id for row in one.rows] == [people[light.slug].id]
        assert (one.total, one.everybody, one.counts) == (1, 5, found.counts)
    assert listing.people(view, Narrowing(words="ADAM gre")).everybody == 2
    assert listing.people(view, Narrowing(unit_id=ministry.law.id)).rows == []
    assert listing.people(view, Narrowing(light=Light.RED), page=2).total == 1
    by_name = listing.people(view, Narrowing(), order=Order.NAME)
    assert [row.name for row in by_name.rows] == sorted(row.name for row in found.rows)


def test_a_red_person_is_one_with_anything_late(ministry: Ministry) -> None:
    person = standing_people(ministry)["green"]
    ministry.ask(ministry.requirement("Təhlükəsizlik", "first"), person, due_on=today() - DAY)
    view = look(ministry.officer, ministry)
    row = next(row for row in listing.people(view, Narrowing()).rows if row.user_id == person.id)
    assert (row.light, row.counts) == (Light.RED, Counts(red=1, green=1))
    assert [one.due_on for one in row.urgent] == [today() - DAY]


def test_a_past_day_is_told_as_it_was(ministry: Ministry) -> None:
    people = standing_people(ministry)
    yesterday = listing.lines(look(ministry.officer, ministry, today() - DAY), Narrowing())
    now = listing.lines(look(ministry.officer, ministry), Narrowing())
    assert (yesterday.counts.red, now.counts.red) == (0, 1)
    assert yesterday.total == now.total == 4
    assert people["red"].name in [name for name, one in now.rows if one.light is Light.RED]


def test_somebody_with_two_jobs_counts_once_in_each_unit_and_once_above(ministry: Ministry) -> None:
    person = standing_people(ministry)["red"]
    place = Place(unit_id=ministry.it.id)
    working.join(person, ministry.organisation, from_on=ministry.since, by=None, now=noon(today()), place=place)
    db.session.commit()
    view = look(ministry.officer, ministry)
    whole = heat.heat_map(view)
    assert whole.total == Counts(red=1, amber=1, green=1, grey=1)
    (row,) = whole.rows
    assert (row.unit.unit.name, row.total.red, row.has_below) == ("IT idarəsi", 1, True)
    inside = heat.heat_map(view, ministry.it.id)
    assert [(one.unit.unit.name, one.is_direct, one.total.red) for one in inside.rows] == [
        ("IT idarəsi", True, 1),
        ("Proqram şöbəsi", False, 1),
    ]
    assert inside.total.red == 1


def test_a_manager_is_offered_the_units_of_the_own_tree_only(ministry: Ministry) -> None:
    standing_people(ministry)
    ministry.employee("Hüquqşünas", ministry.law)
    view = look(ministry.manager("Müdir", ministry.it), ministry)
    assert [one.unit.name for one in view.units()] == ["IT idarəsi", "Proqram şöbəsi"]
    assert [one.unit.name for one in look(ministry.officer, ministry).units()] == [
        ministry.organisation.name,
        "Hüquq idarəsi",
        "IT idarəsi",
        "Proqram şöbəsi",
    ]


def test_the_trend_ends_today_and_the_forecast_names_the_month(ministry: Ministry) -> None:
    standing_people(ministry)
    person = ministry.employee("Bitirən", ministry.law)
    published("short")
    requirement = ministry.requirement("Qısa", "short", validity_months=6)
    ministry.ask(requirement, person)
    done = today() - timedelta(days=40)
    finished(person, "short", done)
    view = look(ministry.officer, ministry)
    points = trends.trend(view)
    assert len(points) == 12
    assert [(point.day + DAY).day for point in points[:-1]] == [1] * 11
    assert points[-1].day == today()
    assert points[-1].counts == Counts(red=1, amber=1, green=2, grey=1)
    assert trends.trend(view) == points  # what was kept is the same
    months = {month.month: month.total for month in trends.forecast(view) if month.total}
    (one,) = listing.lines(view, Narrowing(words="Bitirən")).rows
    assert one[1].expires_on is not None
    assert months == {one[1].expires_on.replace(day=1): 1}


def test_a_reminder_names_who_reminds_comes_once_a_day_and_only_where_something_is_due(ministry: Ministry) -> None:
    people = standing_people(ministry)
    manager = ministry.manager("Müdir Əli", ministry.it)
    outsider = ministry.employee("Kənar", ministry.law)
    view = look(manager, ministry)
    everybody = [*people.values(), outsider]
    done = asking.remind(view, everybody, by=manager, now=noon(today()))
    assert (done.told, done.told_before, done.nothing) == (2, 0, 3)
    again = asking.remind(view, everybody, by=ministry.officer, now=noon(today()))
    assert (again.told, again.told_before) == (0, 2)
    notices = db.session.query(Notice).where(Notice.kind == "reminded").all()
    assert {one.recipient_id for one in notices} == {people["red"].id, people["amber"].id}
    assert {one.params["by"] for one in notices} == {"Müdir Əli"}
    tomorrow = asking.remind(view, [people["red"]], by=manager, now=noon(today() + DAY))
    assert tomorrow.told == 1


@pytest.mark.parametrize("page", ["", "/units", "/report", "/requests", "/overview", "/people/{person}"])
def test_a_page_asks_as_much_for_many_as_for_few(
    ministry: Ministry, client: FlaskClient, counting: Counting, page: str
) -> None:
    published("first")
    requirement = ministry.requirement("Etika", "first")

    def fill(count: int) -> list[User]:
        users: list[User] = [ministry.employee("Adam", ministry.code) for _ in range(count)]
        ministry.ask(requirement, *users, due_on=today() - DAY)
        return users

    def asked() -> int:
        with counting() as statements:
            assert client.get(address).status_code == 200
        return len(statements)

    first = fill(2)[0]
    address = f"/team/{ministry.organisation.id}{page.format(person=first.id)}"
    signed_in(client, ministry.officer).get(address)
    few = asked()
    fill(20)
    for number in range(4):
        ministry.ask(ministry.requirement(f"Tələb {number}", "first"), first)
    many: Any = asked()
    assert many <= few, (few, many)
