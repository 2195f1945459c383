"""What the worker does by itself: changes are followed, a night is done once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from app import rounds
from app.audiences import resolving
from app.curricula.models import Nightly
from app.db import db
from tests.audiences.population import organisation, works
from tests.audiences.test_resolving import audience
from tests.factories import person

AT_TWO = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # two at night in Baku, on the 23rd


def members(audience_id: int, now: datetime = AT_TWO) -> set[int]:
    return set(db.session.scalars(resolving.members_on(audience_id, now.date() + timedelta(days=1))))


def test_a_change_of_jobs_is_followed_and_only_in_its_organisation(site: Flask) -> None:
    (here, root), (there, elsewhere) = organisation("Nazirlik"), organisation("Agentlik")
    made, other = audience(here, {"groups": []}), audience(there, {"groups": []})
    works(person(), elsewhere)
    works(first := person(), root)
    seen = rounds.follow({}, AT_TWO)
    works(who := person(), root)
    seen = rounds.follow(seen, AT_TWO + timedelta(seconds=30))
    assert members(made.id) == {first.id, who.id}
    assert (made.recomputed_at, other.recomputed_at) == (AT_TWO + timedelta(seconds=30), AT_TWO)
    assert not rounds.has_changed(seen)
    rounds.follow(seen, AT_TWO + timedelta(seconds=60))
    assert made.recomputed_at == AT_TWO + timedelta(seconds=30)


def test_a_night_is_done_once_after_two_and_not_again_after_a_restart(site: Flask) -> None:
    here, root = organisation("Nazirlik")
    works(person(), root)
    made = audience(here, {"groups": []})
    rounds.night(AT_TWO - timedelta(seconds=1))
    assert made.recomputed_at is None
    for moment in (AT_TWO, AT_TWO + timedelta(minutes=1)):
        rounds.night(moment)
        db.session.commit()
        assert made.recomputed_at == AT_TWO
    rounds.night(AT_TWO + timedelta(days=1))
    assert [one.day.day for one in db.session.query(Nightly).order_by(Nightly.day)] == [23, 24]


def test_a_night_that_broke_is_done_again(site: Flask) -> None:
    rounds.night(AT_TWO)
    db.session.rollback()
    rounds.night(AT_TWO + timedelta(hours=5))
    assert db.session.query(Nightly).one().ended_at is not None
