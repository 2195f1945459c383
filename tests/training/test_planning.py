"""Trainings are planned where and when there is room for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import Role
from app.errors import Refused
from app.training import planning, reading, rooms
from app.training.clashes import Doubt
from tests.factories import NOW, person, published
from tests.training.centre import plan, room, slot, training


def test_a_room_holds_one_meeting_at_a_time(site: Flask) -> None:
    course, here = published(), room()
    training(slot(here, 7, 6), course=course)
    other = person(role=Role.INSTRUCTOR, course_slug=course.slug)
    with pytest.raises(Refused, match="is taken at") as refused:
        training(slot(here, 7, 8), course=course, trainer=other)
    assert not isinstance(refused.value, Doubt)  # nobody can confirm it
    training(slot(here, 7, 9), course=course, trainer=other)  # begins as the first one ends


def test_the_room_of_a_cancelled_training_is_free(site: Flask) -> None:
    course, here = published(), room()
    first = training(slot(here), course=course)
    planning.cancel(first, "Müəllim xəstədir", by=first.trainer, now=NOW)
    assert training(slot(here), course=course)


def test_a_trainer_at_two_places_is_asked_about_and_may_be_confirmed(site: Flask) -> None:
    first = training()
    twice = plan(first.trainer, slot(room()))
    with pytest.raises(Doubt, match="at the same time"):
        planning.open_training(first.course, twice, by=first.trainer, now=NOW)
    assert planning.open_training(first.course, twice, confirmed=True, by=first.trainer, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slots": ()}, "meetings"),
        ({"seats": 21}, "seats"),
        ({"trainer_id": 10**6}, "trainer_id"),
        ({"joins_until": NOW + timedelta(days=30)}, "joins_until"),
        ({"cancels_until": NOW + timedelta(days=30)}, "cancels_until"),
    ],
)
def test_what_cannot_be_held_is_refused_where_it_was_typed(site: Flask, wrong: dict[str, object], field: str) -> None:
    made = training()
    good = plan(made.trainer, slot(room(seats=20), 9))
    with pytest.raises(Refused) as refused:
        planning.open_training(made.course, replace(good, **wrong), by=made.trainer, now=NOW)
    assert refused.value.field == field


@pytest.mark.parametrize("second", [(7, 8), (-7, 6)])
def test_meetings_of_one_training_do_not_overlap_and_begin_in_the_future(site: Flask, second: tuple[int, int]) -> None:
    with pytest.raises(Refused):
        training(slot(room(), 7, 6), slot(room(), *second))


def test_a_move_counts_for_calendars_and_a_note_does_not(site: Flask) -> None:
    made = training()
    (meeting,) = made.meetings
    here = meeting.room
    planning.change(
        made, plan(made.trainer, slot(here, meeting_id=meeting.id), note="Dəftər"), by=made.trainer, now=NOW
    )
    assert (made.sequence, made.note) == (0, "Dəftər")
    planning.change(made, plan(made.trainer, slot(here, 8, meeting_id=meeting.id)), by=made.trainer, now=NOW)
    assert made.sequence == 1
    assert [one.id for one in made.meetings] == [meeting.id]


def test_a_room_with_plans_is_neither_archived_nor_made_too_small(site: Flask) -> None:
    here = room()
    made = training(slot(here))
    with pytest.raises(Refused, match="planned in this room"):
        rooms.archive(here, by=made.trainer, now=NOW)
    with pytest.raises(Refused, match="2 seats is planned"):
        rooms.change(here, here.name, here.place, 1, by=made.trainer, now=NOW)
    rooms.archive(here, by=made.trainer, now=made.ends_at)
    assert here not in rooms.rooms()


def test_staff_see_the_trainings_of_their_courses_and_those_they_give(site: Flask) -> None:
    made = training()
    guest = person(role=Role.INSTRUCTOR, course_slug=made.course.slug)
    stranger = person(role=Role.INSTRUCTOR, course_slug="another")
    given = training(course=made.course, trainer=guest)
    assert reading.of_staff(made.trainer, past=False, now=NOW) == ([made, given], 2)
    assert reading.of_staff(stranger, past=False, now=NOW) == ([], 0)
    assert reading.of_staff(guest, past=True, now=made.ends_at)[1] == 2
    assert list(reading.coming(made.course, NOW)) == [made, given]
