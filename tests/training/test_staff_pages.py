"""Pages on which rooms and trainings are planned."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import Role
from app.db import db
from app.training.models import Room, Training
from tests.factories import person, published, signed_in
from tests.training.centre import room, slot, training


def form(trainer_id: int, room_id: int, day: str = "2030-03-05", **other: str) -> dict[str, str]:
    return {
        "trainer_id": str(trainer_id),
        "language": "az",
        "seats": "12",
        "percent": "80",
        "meetings-0-meeting_id": "",
        "meetings-0-day": day,
        "meetings-0-starts": "10:00",
        "meetings-0-ends": "13:00",
        "meetings-0-room": str(room_id),
        "meetings-1-day": "",
        "meetings-1-starts": "",
        "meetings-1-ends": "",
        "meetings-1-room": "",
    } | other


def test_an_administrator_adds_changes_and_archives_a_room(site: Flask, client: FlaskClient) -> None:
    signed_in(client, person(role=Role.ADMINISTRATOR))
    said = {"name": "Lab 3", "place": "Bakı", "seats": "18"}
    assert client.post("/administration/rooms/", data=said).status_code == 303
    assert client.post("/administration/rooms/", data=said).status_code == 422  # the name is taken
    made = db.session.scalars(select(Room)).one()
    assert client.post(f"/administration/rooms/{made.id}", data=said | {"seats": "20"}).status_code == 303
    assert client.post(f"/administration/rooms/{made.id}/archive").status_code == 303
    page = client.get("/administration/rooms/").text
    assert "20 seats" in page and "archived" in page


def test_an_instructor_plans_a_training_and_times_are_those_of_baku(site: Flask, client: FlaskClient) -> None:
    course, here = published(), room()
    instructor = person(role=Role.INSTRUCTOR, course_slug=course.slug)
    signed_in(client, instructor)
    assert client.get(f"/training/courses/{course.slug}/new").status_code == 200
    answer = client.post(f"/training/courses/{course.slug}/new", data=form(instructor.id, here.id))
    assert answer.status_code == 303
    made = db.session.scalars(select(Training)).one()
    assert made.meetings[0].starts_at.isoformat() == "2030-03-05T06:00:00+00:00"
    assert made.share == 0.8
    assert "10:00–13:00" in client.get(answer.location).text
    assert "10:00–13:00" in client.get("/training/").text


def test_a_clash_of_the_trainer_is_asked_about_and_then_confirmed(site: Flask, client: FlaskClient) -> None:
    course = published()
    instructor = person(role=Role.INSTRUCTOR, course_slug=course.slug)
    signed_in(client, instructor)
    path = f"/training/courses/{course.slug}/new"
    assert client.post(path, data=form(instructor.id, room().id)).status_code == 303
    said = form(instructor.id, room().id)
    answer = client.post(path, data=said)
    assert answer.status_code == 422 and "Is that right?" in answer.text
    assert client.post(path, data=said | {"confirmed": "1"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Training)) == 2


def test_a_half_filled_row_is_refused_in_words_and_kept(site: Flask, client: FlaskClient) -> None:
    course, here = published(), room()
    instructor = person(role=Role.INSTRUCTOR, course_slug=course.slug)
    signed_in(client, instructor)
    path = f"/training/courses/{course.slug}/new"
    for wrong in ({"meetings-0-ends": ""}, {"meetings-0-day": "sabah"}, {"meetings-0-room": "x"}):
        answer = client.post(path, data=form(instructor.id, here.id) | wrong)
        assert answer.status_code == 422, wrong
        assert 'value="10:00"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Training)) == 0


def test_a_training_is_moved_and_cancelled_with_a_reason(site: Flask, client: FlaskClient) -> None:
    made = training(slot(room(), 2000))
    signed_in(client, made.trainer)
    meeting = made.meetings[0]
    said = form(made.trainer_id, meeting.room_id) | {"meetings-0-meeting_id": str(meeting.id)}
    assert client.post(f"/training/{made.id}/change", data=said).status_code == 303
    assert db.session.get_one(Training, made.id).sequence == 1
    assert client.post(f"/training/{made.id}/cancel", data={"reason": ""}).status_code == 422
    assert client.post(f"/training/{made.id}/cancel", data={"reason": "Müəllim xəstədir"}).status_code == 303
    assert "Müəllim xəstədir" in client.get(f"/training/{made.id}").text
    assert client.post(f"/training/{made.id}/change", data=said).status_code == 422
