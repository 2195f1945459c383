"""Pages on which learners take a seat."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.training import attending, booking
from tests.factories import NOW, person, signed_in
from tests.training.centre import room, slot, training


def test_a_learner_finds_a_training_takes_a_seat_and_gives_it_back(site: Flask, client: FlaskClient) -> None:
    made = training(slot(room(), 3000))
    signed_in(client, person())
    assert "Training in person" in client.get(f"/courses/{made.course.slug}").text
    assert "2 seats free" in client.get(f"/courses/{made.course.slug}/training").text
    assert client.post(f"/seats/{made.id}").status_code == 303
    assert "You have a seat" in client.get(f"/seats/{made.id}").text
    assert made.course.titles["en"] in client.get("/seats").text
    assert "Training in person" in client.get("/").text
    (seat,) = booking.bookings(made)
    assert client.post(f"/seats/bookings/{seat.id}/leave").status_code == 303
    assert "Take a seat" in client.get(f"/seats/{made.id}").text


def test_who_waits_reads_the_place_and_staff_read_both_lists(site: Flask, client: FlaskClient) -> None:
    made = training(slot(room(), 3000), seats=1)
    learner = person("Leyla Gözləyən")
    booking.book(person("Rəşad Oturan"), made, now=NOW)
    signed_in(client, learner)
    assert client.post(f"/seats/{made.id}").status_code == 303
    assert "number 1 on the waiting list" in client.get(f"/seats/{made.id}").text
    page = signed_in(client, made.trainer).get(f"/training/{made.id}").text
    assert page.index("Rəşad Oturan") < page.index("Wait for one") < page.index("Leyla Gözləyən")


def test_two_seats_at_once_are_asked_about_on_the_page(site: Flask, client: FlaskClient) -> None:
    first = training(slot(room(), 3000))
    second = training(slot(room(), 3000), course=first.course)
    signed_in(client, person())
    assert client.post(f"/seats/{first.id}").status_code == 303
    answer = client.post(f"/seats/{second.id}")
    assert answer.status_code == 422 and "Is that right?" in answer.text
    assert client.post(f"/seats/{second.id}", data={"confirmed": "1"}).status_code == 303


def test_a_learner_sees_the_own_attendance_on_the_training_and_on_the_course(client: FlaskClient) -> None:
    made, learner = training(slot(room(), 7), slot(room(), 8), slot(room(), 3000), share=1.0), person("Leyla")
    seat = booking.book(learner, made, now=NOW)
    for meeting, present in zip(made.meetings, (True, False), strict=False):
        meeting.starts_at -= timedelta(days=30)
        meeting.ends_at -= timedelta(days=30)
        attending.mark(meeting, seat, present, how="list", at=meeting.ends_at, by=made.trainer, now=NOW)
    db.session.commit()
    signed_in(client, learner)
    page = client.get(f"/seats/{made.id}").text
    assert "You have been at 1 of the 3 meetings needed." in page
    assert page.index("you were there") < page.index("you were not there")
    assert "not marked" not in page
    outline = client.get(f"/learn/{seat.enrolment_id}").text
    assert "You have been at 1 of the 3 meetings needed." in outline and f"/seats/{made.id}" in outline
    staff = signed_in(client, made.trainer).get(f"/training/{made.id}").text
    assert "there: 1 of 3 needed" in staff


def test_who_was_at_enough_reads_so_when_it_is_over(client: FlaskClient) -> None:
    made, learner = training(slot(room(), 7), slot(room(), 8), share=0.5), person()
    seat = booking.book(learner, made, now=NOW)
    for meeting in made.meetings:
        meeting.starts_at -= timedelta(days=30)
        meeting.ends_at -= timedelta(days=30)
    first = made.meetings[0]
    attending.mark(first, seat, True, how="code", at=first.starts_at, by=learner, now=NOW)
    db.session.commit()
    page = signed_in(client, learner).get(f"/seats/{made.id}").text
    assert "This training is over" in page and "You have been at enough meetings." in page and "not marked" in page
    assert "Give the seat back" not in page
    assert "over" in client.get(f"/learn/{seat.enrolment_id}").text


def test_who_still_waits_when_it_begins_is_not_told_to_wait_on(client: FlaskClient) -> None:
    made, learner = training(slot(room(), 7), slot(room(), 3000), seats=1), person()
    for one in (person(), learner):
        booking.book(one, made, now=NOW)
    made.meetings[0].starts_at, made.meetings[0].ends_at = NOW - timedelta(days=9), NOW - timedelta(days=8)
    page = signed_in(client, learner).get(f"/seats/{made.id}").text
    assert "No seat became free" in page and "on the waiting list" not in page


def test_once_it_has_begun_the_next_meeting_is_named(site: Flask, client: FlaskClient) -> None:
    made = training(slot(room(name="Birinci otaq"), 7), slot(room(name="İkinci otaq"), 3000))
    learner = person()
    booking.book(learner, made, now=NOW)
    made.meetings[0].starts_at, made.meetings[0].ends_at = NOW - timedelta(days=9), NOW - timedelta(days=8)
    for page in ("/", "/seats"):
        text = signed_in(client, learner).get(page).text
        assert "İkinci otaq" in text and "Birinci otaq" not in text
