"""Units under units, as of a day."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.accounts.models import Organisation
from app.db import db
from app.errors import Refused
from app.organisations import tree, working
from app.organisations.models import Unit
from tests.factories import NOW, person

MARCH, MAY, MAY_9 = date(2026, 3, 1), date(2026, 5, 1), date(2026, 5, 9)


class House:
    """A ministry with two departments; the first has a section."""

    def __init__(self) -> None:
        self.ministry: Organisation = working.create("Nazirlik", by=None, now=NOW)
        self.root = tree.root(self.ministry.id)
        self.first = self.open(self.root, "1", "Birinci şöbə")
        self.section = self.open(self.first, "1.1", "Bölmə")
        self.second = self.open(self.root, "2", "İkinci şöbə")

    def open(self, parent: Unit, code: str, name: str) -> Unit:
        return tree.open_unit(parent, code, name, on=MARCH, by=None, now=NOW)

    def seen(self, day: date) -> list[tuple[str, int]]:
        return [(one.unit.code, one.depth) for one in tree.placed_units(self.ministry.id, day)]


def below(unit: Unit, day: date) -> set[str]:
    return {db.session.get_one(Unit, number).code for number in db.session.scalars(tree.below([unit.id], day))}


@pytest.fixture
def house(site: Flask) -> House:
    return House()


def test_units_stand_below_their_parents_in_alphabetical_order(house: House) -> None:
    assert house.seen(MARCH) == [("-", 0), ("1", 1), ("1.1", 2), ("2", 1)]
    assert house.seen(date(2026, 2, 28)) == [("-", 0)]
    assert below(house.first, MARCH) == {"1", "1.1"}


def test_a_unit_that_moves_keeps_its_past_place(house: House) -> None:
    tree.move(house.section, house.second, on=MAY, by=None, now=NOW)
    assert below(house.first, date(2026, 4, 30)) == {"1", "1.1"}
    assert below(house.first, MAY) == {"1"}
    assert below(house.second, MAY) == {"2", "1.1"}
    tree.move(house.section, house.root, on=MAY, by=None, now=NOW)  # thought better of it the same day
    assert house.seen(MAY) == [("-", 0), ("1", 1), ("1.1", 1), ("2", 1)]
    assert house.seen(date(2026, 4, 30)) == [("-", 0), ("1", 1), ("1.1", 2), ("2", 1)]


def test_no_unit_stands_below_itself(house: House) -> None:
    for unit, parent in ((house.first, house.first), (house.first, house.section), (house.root, house.second)):
        with pytest.raises(Refused, match="below itself"):
            tree.move(unit, parent, on=MAY, by=None, now=NOW)


def test_a_unit_moves_within_its_organisation_and_not_into_the_past(house: House) -> None:
    other = tree.root(working.create("Başqa", by=None, now=NOW).id)
    with pytest.raises(Refused, match="same organisation"):
        tree.move(house.first, other, on=MAY, by=None, now=NOW)
    tree.move(house.section, house.second, on=MAY, by=None, now=NOW)
    with pytest.raises(Refused, match="after this day"):
        tree.move(house.section, house.first, on=MARCH, by=None, now=NOW)


def test_a_unit_is_closed_when_nobody_and_nothing_is_left_in_it(house: House) -> None:
    with pytest.raises(Refused, match="Other units"):
        tree.close(house.first, until_on=MAY, by=None, now=NOW)
    job = working.join(
        person(), house.ministry, from_on=MARCH, place=working.Place(unit_id=house.section.id), by=None, now=NOW
    )
    with pytest.raises(Refused, match="People still work"):
        tree.close(house.section, until_on=MAY, by=None, now=NOW)
    working.end(job, until_on=MAY, by=None, now=NOW)
    tree.close(house.section, until_on=MAY, by=None, now=NOW)
    assert ("1.1", 2) in house.seen(MAY)
    assert ("1.1", 2) not in house.seen(date(2026, 5, 2))
    with pytest.raises(Refused, match="itself"):
        tree.close(house.root, until_on=MAY, by=None, now=NOW)


def test_the_code_of_a_closed_unit_is_free(house: House) -> None:
    with pytest.raises(Refused, match="has this code"):
        tree.open_unit(house.second, "1.1", "Yeni", on=MAY, by=None, now=NOW)
    tree.close(house.section, until_on=MAY, by=None, now=NOW)
    with pytest.raises(Refused, match="has this code"):
        tree.open_unit(house.second, "1.1", "Yeni", on=MAY, by=None, now=NOW)
    made = tree.open_unit(house.second, "1.1", "Yeni", on=MAY_9, by=None, now=NOW)
    assert (made.code, house.section.code) == ("1.1", "1.1 (2026-05-01)")


def test_nothing_is_put_below_a_closed_unit(house: House) -> None:
    tree.close(house.second, until_on=MAY, by=None, now=NOW)
    with pytest.raises(Refused, match="is closed"):
        tree.open_unit(house.second, "2.1", "Yeni", on=MAY_9, by=None, now=NOW)
    with pytest.raises(Refused, match="is closed"):
        tree.move(house.section, house.second, on=MAY_9, by=None, now=NOW)
