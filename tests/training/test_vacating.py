"""Who is gone gives back what they hold in trainings to come."""

from __future__ import annotations

import threading
from datetime import timedelta

from flask import Flask

from app.accounts import people
from app.db import db
from app.keeper import Keeper
from app.learning import enrolling
from app.training import booking, vacating
from app.training.models import Booking, State
from tests.factories import NOW, person
from tests.training.centre import room, slot, training
from tests.training.test_booking import calendar_lines, told


def test_the_seat_of_a_closed_account_goes_to_who_waits(site: Flask) -> None:
    made = training(seats=1)
    gone, waits_gone, next_one = (person(f"Adam {n}") for n in range(3))
    seats = [booking.book(one, made, now=NOW) for one in (gone, waits_gone, next_one)]
    assert not vacating.is_due(NOW)
    for one in (gone, waits_gone):
        people.close_account(one, by=made.trainer, now=NOW)
    assert vacating.is_due(NOW)
    assert vacating.vacate_due(NOW) == 2
    assert [one.state for one in seats] == ["left", "left", "booked"]
    assert told(next_one) == ["waiting", "promoted"]
    assert told(gone) == []  # nothing is kept of what a closed account was told
    assert not vacating.is_due(NOW)


def test_who_leaves_the_course_is_told_that_the_seat_is_gone_too(site: Flask) -> None:
    made, learner, waits = training(seats=1), person(), person()
    seat = booking.book(learner, made, now=NOW)
    second = booking.book(waits, made, now=NOW)
    enrolling.leave(second.enrolment, by=waits, now=NOW)
    enrolling.leave(seat.enrolment, by=learner, now=NOW)
    vacating.vacate_due(NOW)
    assert (seat.state, second.state) == ("left", "left")
    assert (told(learner), told(waits)) == (["booked", "left_course"], ["waiting"])
    (lines,) = calendar_lines(learner)
    assert "METHOD:CANCEL" in lines


def test_who_is_gone_does_not_move_up_before_that_is_seen(site: Flask) -> None:
    made = training(seats=1)
    first, gone, next_one = (person() for _ in range(3))
    seats = [booking.book(one, made, now=NOW) for one in (first, gone, next_one)]
    people.close_account(gone, by=made.trainer, now=NOW)
    booking.leave(seats[0], by=first, now=NOW)
    assert [one.state for one in seats] == ["left", "waiting", "booked"]


def test_what_has_begun_stays_as_it_was(site: Flask) -> None:
    made, learner = training(slot(room(), 7), slot(room(), 14)), person()
    seat = booking.book(learner, made, now=NOW)
    people.close_account(learner, by=made.trainer, now=NOW)
    assert not vacating.is_due(made.starts_at + timedelta(hours=1))
    assert seat.state == State.BOOKED


def test_the_worker_sees_to_it(site: Flask) -> None:
    made, learner = training(slot(room(), 3000)), person()
    id = booking.book(learner, made, now=NOW).id
    people.close_account(learner, by=made.trainer, now=NOW)
    db.session.commit()
    Keeper(site, threading.Event(), wake=lambda: None, at=lambda _step: None).see_to("seats of who is gone")
    assert db.session.get_one(Booking, id).state == State.LEFT
