"""The people to look around with, and the agency where they work."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.clock import in_baku, utc_now
from app.db import db
from app.organisations import teams, tree
from app.setup import demo
from app.training import attending, booking
from app.training.models import Training
from app.web import settings
from tests.factories import published


def test_everybody_of_the_demonstration_sees_whom_they_should(site: Flask) -> None:
    lines = demo.make_people(settings().data_folder, now=utc_now())
    assert len(lines) == len(demo.PEOPLE)
    today = in_baku(utc_now()).date()
    users = {user.email: user for user in db.session.scalars(select(User).where(User.email.is_not(None)))}
    agency = db.session.scalars(select(Organisation)).one()
    assert len(tree.placed_units(agency.id, today)) == 1 + len(demo.UNITS)
    manager, learner = users["manager@bilik.example"], users["learner@bilik.example"]
    assert len(db.session.scalars(teams.team_on(manager, today)).all()) == 4
    assert teams.sees(manager, learner.id, today)
    assert teams.overseen_organisations(users["officer@bilik.example"]) == {agency.id}
    assert len(db.session.scalars(teams.staff_on(agency.id, today)).all()) == len(demo.STAFF)
    assert demo.make_people(settings().data_folder, now=utc_now()) == lines  # found, not made again


def test_the_demonstration_has_a_training_that_goes_on(site: Flask) -> None:
    published()
    demo.make_people(settings().data_folder, now=utc_now())
    training = db.session.scalars(select(Training)).one()
    seats = booking.bookings(training)
    assert [one.state for one in seats] == ["booked", "booked", "booked", "waiting"]
    assert seats[0].user.email == "learner@bilik.example"
    first, *coming = training.meetings
    assert first.ends_at < utc_now() < coming[0].starts_at
    assert sorted(one.present for one in attending.marks(first).values()) == [False, True, True]
