"""A week of a trainer and of a room."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.training import planning, reading
from tests.factories import NOW, person, signed_in
from tests.training.centre import room, slot, training

MONDAY = date(2026, 11, 23)


def test_a_week_has_what_is_held_on_its_days_in_baku(site: Flask) -> None:
    here = room()
    made = training(slot(here, 1, 21), slot(here, 7, 19), slot(here, 8, 6))  # 21:00 UTC on Monday is Tuesday in Baku
    other = training(slot(room(), 2, 6), course=made.course)
    week = reading.week(MONDAY, room=here)
    assert [len(held) for held in week.values()] == [0, 1, 0, 0, 0, 0, 1]
    assert sum(map(len, reading.week(MONDAY, trainer=other.trainer).values())) == 1
    planning.cancel(made, "Müəllim xəstədir", by=made.trainer, now=NOW)
    assert not any(reading.week(MONDAY, room=here).values())


def test_a_trainer_sees_the_own_week_and_the_rooms_but_nobody_elses_week(site: Flask, client: FlaskClient) -> None:
    made = training(slot(room(name="Lab 7"), 3, 6))
    other = person(role=Role.INSTRUCTOR, course_slug="another")
    signed_in(client, made.trainer)
    page = client.get("/training/timetable?week=2026-11-25").text
    assert made.course.titles["en"] in page and "<span>Wednesday</span> 25 November" in page and "10:00–13:00" in page
    assert client.get(f"/training/timetable?trainer={other.id}").status_code == 404
    signed_in(client, other)
    assert "Lab 7" in client.get(f"/training/rooms/{made.meetings[0].room_id}?week=2026-11-25").text
    assert made.course.titles["en"] not in client.get("/training/timetable?week=2026-11-25").text
    signed_in(client, person(role=Role.ADMINISTRATOR))
    assert made.course.titles["en"] in client.get(f"/training/timetable?week=2026-11-25&trainer={made.trainer_id}").text


@pytest.mark.parametrize("week", ["", "x", "0001-01-01", "9999-12-31"])
def test_any_week_may_be_asked_for(site: Flask, client: FlaskClient, week: str) -> None:
    signed_in(client, person(role=Role.ADMINISTRATOR))
    assert client.get("/training/timetable", query_string={"week": week}).status_code == 200
