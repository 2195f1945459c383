"""Seats and the waiting list: in order, in time, told once, with what a calendar needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.db import db
from app.errors import Refused
from app.learning import enrolling
from app.notices.models import Notice
from app.notices.writing import mail
from app.training import booking, planning, reminding
from app.training.clashes import Doubt
from app.training.models import Booking, State, Training
from tests.factories import NOW, person
from tests.together import at_once
from tests.training.centre import plan, room, slot, training


def told(user: User) -> list[str]:
    rows = db.session.scalars(select(Notice).where(Notice.recipient_id == user.id).order_by(Notice.id))
    return [row.params["what"] or row.kind for row in rows]


def calendar_lines(user: User) -> list[list[str]]:
    """Of the calendar files of the last mail."""
    notice = db.session.scalars(select(Notice).where(Notice.recipient_id == user.id).order_by(Notice.id.desc())).first()
    assert notice is not None
    files = [part for part in mail(notice).iter_attachments() if part.get_content_type() == "text/calendar"]
    return [part.get_content().replace("\n ", "").splitlines() for part in files]


def test_who_comes_after_the_last_seat_waits_in_order_and_moves_up(site: Flask) -> None:
    made, people = training(), [person(f"Adam {n}") for n in range(5)]
    seats = [booking.book(one, made, now=NOW) for one in people]
    assert [one.state for one in seats] == ["booked", "booked", "waiting", "waiting", "waiting"]
    assert [booking.place(one) for one in seats[2:]] == [1, 2, 3]
    booking.leave(seats[3], by=people[3], now=NOW)  # who waits may go, too
    booking.leave(seats[0], by=people[0], now=NOW)
    assert [one.state for one in seats] == ["left", "booked", "booked", "left", "waiting"]
    assert told(people[2]) == ["waiting", "promoted"]
    assert told(people[0]) == ["booked", "left"]
    again = booking.book(people[0], made, now=NOW)
    assert (again.state, booking.place(again)) == ("waiting", 2)


def test_asking_twice_is_harmless_and_begins_the_course(site: Flask) -> None:
    made, learner = training(), person()
    assert booking.book(learner, made, now=NOW) is booking.book(learner, made, now=NOW)
    assert enrolling.open_enrolment(learner, made.course) is not None
    assert told(learner) == ["booked"]


def test_more_seats_go_to_who_waits_and_fewer_than_taken_are_refused(site: Flask) -> None:
    made, people = training(), [person() for _ in range(4)]
    seats = [booking.book(one, made, now=NOW) for one in people]
    same = slot(made.meetings[0].room, meeting_id=made.meetings[0].id)
    planning.change(made, plan(made.trainer, same, seats=3), by=made.trainer, now=NOW)
    assert [one.state for one in seats] == ["booked", "booked", "booked", "waiting"]
    assert told(people[0]) == ["booked"]  # nothing has moved
    with pytest.raises(Refused, match="3 seats are taken"):
        planning.change(made, plan(made.trainer, same, seats=2), by=made.trainer, now=NOW)


def test_after_the_last_moment_nobody_joins_or_leaves_but_who_moved_up_late(site: Flask) -> None:
    soon, late = NOW + timedelta(days=3), NOW + timedelta(days=4)
    made = training(joins_until=soon, cancels_until=soon)
    people = [person() for _ in range(3)]
    seats = [booking.book(one, made, now=NOW) for one in people]
    with pytest.raises(Refused, match="too late to join"):
        booking.book(person(), made, now=late)
    with pytest.raises(Refused, match="too late to give"):
        booking.leave(seats[0], by=people[0], now=late)
    planning.change(
        made,
        plan(made.trainer, slot(made.meetings[0].room, meeting_id=made.meetings[0].id), seats=3, cancels_until=soon),
        by=made.trainer,
        now=late,
    )
    booking.leave(seats[2], by=people[2], now=late)
    assert seats[2].state == State.LEFT


def test_two_seats_at_the_same_time_are_asked_about(site: Flask) -> None:
    first, learner = training(), person()
    second = training(course=first.course)
    booking.book(learner, first, now=NOW)
    with pytest.raises(Doubt, match="at the same time"):
        booking.book(learner, second, now=NOW)
    assert booking.book(learner, second, confirmed=True, now=NOW).state == State.BOOKED
    assert [one.training for one in booking.of_user(learner, NOW)] == [first, second]


def test_a_mail_brings_the_meetings_moves_them_and_takes_them_away(site: Flask) -> None:
    made = training(slot(room(), 7), slot(room(), 8))
    learner = person("Aysel")
    booking.book(learner, made, now=NOW)
    one, two = calendar_lines(learner)
    names = [next(line for line in lines if line.startswith("UID:")) for lines in (one, two)]
    assert names[0] != names[1] and "METHOD:REQUEST" in one and "SEQUENCE:0" in one
    assert f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{learner.email}" in one
    first = made.meetings[0]
    moved = slot(first.room, 9, meeting_id=first.id)
    planning.change(made, plan(made.trainer, moved), by=made.trainer, now=NOW)
    stays, gone = calendar_lines(learner)
    assert names[0] in stays and "SEQUENCE:1" in stays and "METHOD:REQUEST" in stays
    assert f"DTSTART:{moved.starts_at:%Y%m%dT%H%M%SZ}" in stays
    assert names[1] in gone and "METHOD:CANCEL" in gone
    planning.cancel(made, "Müəllim xəstədir", by=made.trainer, now=NOW)
    (last,) = calendar_lines(learner)
    assert {"METHOD:CANCEL", "SEQUENCE:2", "STATUS:CANCELLED", names[0]} <= set(last)
    assert told(learner) == ["booked", "moved", "cancelled"]


def test_who_has_a_seat_is_reminded_once_on_the_working_day_before(site: Flask) -> None:
    made = training(slot(room(), 2, 5))  # on a Tuesday; NOW is a Sunday
    people = [person() for _ in range(3)]
    for one in people:
        booking.book(one, made, now=NOW)
    assert not reminding.is_due(NOW)
    monday = NOW + timedelta(days=1)
    assert reminding.is_due(monday)
    assert reminding.remind_due(monday) == 1
    assert reminding.remind_due(monday) == 0
    assert told(people[0]) == ["booked", "training_reminder"]
    assert told(people[2]) == ["waiting"]


@pytest.mark.parametrize(
    ("changed", "day", "hour"),
    [
        (timedelta(days=1), 2, 5),  # in the hours in which it is reminded of Tuesday's: on Monday at noon in Baku
        (timedelta(days=1, hours=-4), 2, 5),  # on that day, before they begin
        (timedelta(days=1, hours=12), 2, 5),  # and after they ended: the moment is past
        (timedelta(days=1), 1, 14),  # for the same day
        (timedelta(0), 1, 5),  # on a Sunday, for Monday: what should have been said on Friday
    ],
)
def test_a_meeting_put_forward_past_its_reminder_is_told_once(
    site: Flask, changed: timedelta, day: int, hour: int
) -> None:
    made, learner = training(slot(room(), 9)), person()
    booking.book(learner, made, now=NOW - timedelta(days=1))
    first = made.meetings[0]
    forward = slot(first.room, day, hour, meeting_id=first.id)
    planning.change(made, plan(made.trainer, forward), by=made.trainer, now=NOW + changed)
    for hours in range(0, 48):
        reminding.remind_due(NOW + changed + timedelta(hours=hours))
    assert told(learner) == ["booked", "moved"]


def test_a_meeting_moved_away_is_reminded_of_on_its_new_day_and_one_before_as_always(site: Flask) -> None:
    made, learner = training(slot(room(), 2, 5), slot(room(), 16, 5)), person()
    booking.book(learner, made, now=NOW)
    first, second = made.meetings
    monday = NOW + timedelta(days=1)
    reminding.remind_due(monday)
    away = [slot(first.room, 9, 5, meeting_id=first.id), slot(second.room, 10, 5, meeting_id=second.id)]
    planning.change(made, plan(made.trainer, *away), by=made.trainer, now=monday)
    for day in range(12):
        reminding.remind_due(monday + timedelta(days=day))
    assert told(learner) == ["booked", "training_reminder", "moved", "training_reminder", "training_reminder"]


def test_a_meeting_added_for_tomorrow_is_told_once(site: Flask) -> None:
    made, learner = training(slot(room(), 9)), person()
    booking.book(learner, made, now=NOW)
    monday, first = NOW + timedelta(days=1), made.meetings[0]
    added = plan(made.trainer, slot(first.room, 9, meeting_id=first.id), slot(room(), 2, 5))
    planning.change(made, added, by=made.trainer, now=monday)
    assert not reminding.is_due(monday)
    assert told(learner) == ["booked", "moved"]


def test_of_many_at_once_none_sits_on_anothers_seat_and_nobody_is_lost(site: Flask) -> None:
    made = training(seats=3)
    people = [person() for _ in range(8)]
    first = [booking.book(one, made, now=NOW) for one in people[:4]]
    id, seats, users = made.id, [one.id for one in first], [one.id for one in people]

    def ask(user: int) -> Callable[[], object]:
        return lambda: booking.book(db.session.get_one(User, user), db.session.get_one(Training, id), now=NOW)

    def go(seat: int, user: int) -> Callable[[], object]:
        return lambda: booking.leave(db.session.get_one(Booking, seat), by=db.session.get_one(User, user), now=NOW)

    came = at_once(site, [*map(ask, users[4:]), ask(users[4]), go(seats[0], users[0]), go(seats[1], users[1])])
    assert [one for one in came if isinstance(one, Exception)] == []
    made = db.session.get_one(Training, id)
    kept = booking.bookings(made)
    assert {one.user_id for one in kept} == set(users[2:])
    assert len(kept) == 6
    assert [one.state for one in kept] == ["booked"] * 3 + ["waiting"] * 3
