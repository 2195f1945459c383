"""Staff put people into a training and take them out of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import people
from app.accounts.models import Role
from app.audit import AuditEvent
from app.db import db
from app.errors import Refused
from app.learning import enrolling
from app.notices.models import Notice
from app.notices.writing import mail
from app.training import attending, booking, planning, seating
from app.training.clashes import Doubt
from app.training.models import Booking, State
from tests.factories import NOW, person, signed_in
from tests.training.centre import plan, room, slot, training
from tests.training.test_booking import calendar_lines, told


def last_mail(user_id: int) -> str:
    row = db.session.scalars(select(Notice).where(Notice.recipient_id == user_id).order_by(Notice.id.desc())).first()
    assert row is not None
    body = mail(row).get_body(("plain",))
    assert body is not None
    return body.get_content()


def test_staff_put_somebody_in_who_is_told_by_whom_with_the_dates(site: Flask) -> None:
    made, learner = training(slot(room(), 7), slot(room(), 8)), person("Aysel")
    seat = seating.put_in(learner, made, by=made.trainer, now=NOW)
    assert seating.put_in(learner, made, by=made.trainer, now=NOW) is seat
    assert (seat.state, told(learner)) == ("booked", ["put_in"])
    assert enrolling.open_enrolment(learner, made.course) is not None
    assert "Tural Müəllim has put you into this training" in last_mail(learner.id)
    assert ["METHOD:REQUEST" in lines for lines in calendar_lines(learner)] == [True, True]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "seat_given")).one()
    assert (event.actor_id, event.details["user_id"]) == (made.trainer_id, learner.id)


def test_past_the_seats_only_who_is_meant_to_and_others_wait(site: Flask) -> None:
    made = training(slot(room(6, name="Lab 3")), seats=1)
    first, second, third = (person(f"Adam {n}") for n in range(3))
    booking.book(first, made, now=NOW)
    waits = seating.put_in(second, made, by=made.trainer, now=NOW)
    assert (waits.state, told(second)) == ("waiting", ["put_on_list"])
    with pytest.raises(Doubt, match=r"Adam 2 would come on top of the planned seats \(1\)\. “Lab 3” has room for 6"):
        seating.put_in(third, made, above=True, by=made.trainer, now=NOW)
    assert seating.put_in(third, made, above=True, confirmed=True, by=made.trainer, now=NOW).state == State.BOOKED
    booking.leave(booking.bookings(made)[0], by=first, now=NOW)
    assert waits.state == State.WAITING  # one seat, and one who sits there
    assert seating.put_in(second, made, above=True, confirmed=True, by=made.trainer, now=NOW) is waits
    assert (waits.state, told(second)) == ("booked", ["put_on_list", "put_in"])
    same = slot(made.meetings[0].room, meeting_id=made.meetings[0].id)
    planning.change(made, plan(made.trainer, same, seats=1, note="Dəftər"), by=made.trainer, now=NOW)
    assert made.note == "Dəftər"  # two sit on one seat, which is no reason to refuse a note


def test_somebody_comes_late_and_is_put_in_while_it_goes_on(site: Flask) -> None:
    made = training(slot(room(), 7), slot(room(), 8), seats=1)
    on = made.meetings[0].starts_at + timedelta(minutes=5)
    assert seating.put_in(person(), made, by=made.trainer, now=on).state == State.BOOKED
    with pytest.raises(Refused, match="nobody moves up"):
        seating.put_in(person(), made, by=made.trainer, now=on)
    with pytest.raises(Refused, match="over"):
        seating.put_in(person(), made, by=made.trainer, now=made.ends_at)


def test_a_second_seat_at_the_same_time_is_asked_about(site: Flask) -> None:
    first, learner = training(), person("Aysel")
    second = training(course=first.course)
    booking.book(learner, first, now=NOW)
    with pytest.raises(Doubt, match="Aysel has a seat in"):
        seating.put_in(learner, second, by=second.trainer, now=NOW)
    assert seating.put_in(learner, second, confirmed=True, by=second.trainer, now=NOW).state == State.BOOKED


def test_who_is_taken_out_reads_why_and_the_next_one_moves_up(site: Flask) -> None:
    made, gone, next_one = training(seats=1), person(), person()
    seat = booking.book(gone, made, now=NOW)
    waits = booking.book(next_one, made, now=NOW)
    with pytest.raises(Refused, match="Say why"):
        seating.take_out(seat, "  ", by=made.trainer, now=NOW)
    seating.take_out(seat, "Başqa qrupa keçir", by=made.trainer, now=NOW)
    seating.take_out(seat, "Başqa qrupa keçir", by=made.trainer, now=NOW)
    assert (seat.state, waits.state) == ("left", "booked")
    assert (told(gone), told(next_one)) == (["booked", "taken_out"], ["waiting", "promoted"])
    assert "Başqa qrupa keçir" in last_mail(gone.id)
    (lines,) = calendar_lines(gone)
    assert {"METHOD:CANCEL", "SEQUENCE:1"} <= set(lines)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "seat_taken_away")).one()
    assert event.details == {"user_id": gone.id, "reason": "Başqa qrupa keçir"}
    again = seating.put_in(gone, made, by=made.trainer, now=NOW)
    seating.take_out(again, "Başqa qrupa keçir", by=made.trainer, now=NOW)
    assert told(gone)[2:] == ["put_on_list", "taken_off_list"]


def test_what_was_reached_by_a_seat_goes_with_it(site: Flask) -> None:
    made = training(slot(room(), 7), slot(room(), 8), share=0.5)
    seat = booking.book(person(), made, now=NOW)
    first = made.meetings[0]
    attending.mark(first, seat, True, how="list", at=first.ends_at, by=made.trainer, now=first.ends_at)
    assert seat.enrolment.attended_at is not None
    seating.take_out(seat, "Səhv adam", by=made.trainer, now=first.ends_at)
    assert seat.enrolment.attended_at is None
    other = seating.put_in(person(), made, by=made.trainer, now=first.ends_at)
    with pytest.raises(Refused, match="over"):
        seating.take_out(other, "Səhv adam", by=made.trainer, now=made.ends_at)


def test_names_are_found_among_those_who_take_the_course_and_others_by_their_whole_address(site: Flask) -> None:
    made = training()
    takes, stranger, closed = (
        person("Aygün Əliyeva"),
        person("Aygün Yad", "aygun.yad@example.com"),
        person("Aygün Köhnə"),
    )
    for one in (takes, closed):
        enrolling.enrol(one, made.course, now=NOW)
    people.close_account(closed, by=made.trainer, now=NOW)
    db.session.commit()
    assert seating.find(made, "", by=made.trainer) == []
    assert seating.find(made, "aygun", by=made.trainer) == [takes]
    assert seating.find(made, "aygun.yad@example", by=made.trainer) == []
    assert seating.find(made, " Aygun.Yad@example.com", by=made.trainer) == [stranger]
    assert seating.find(made, "aygun", by=person(role=Role.ADMINISTRATOR)) == [takes, stranger]


def test_a_trainer_searches_puts_in_confirms_and_takes_out_on_the_page(client: FlaskClient) -> None:
    made = training(slot(room(), 3000), seats=1)
    learner, other = person("Leyla Gələn"), person("Rəşad Gələn")
    for one in (learner, other):
        enrolling.enrol(one, made.course, now=NOW)
    db.session.commit()
    signed_in(client, made.trainer)
    page = client.get(f"/training/{made.id}", query_string={"who": "gelen"}).text
    assert "Leyla Gələn" in page and "Rəşad Gələn" in page and "all the same" not in page
    path = f"/training/{made.id}/people"
    assert client.post(path, data={"user_id": learner.id, "who": "gelen"}).status_code == 303
    assert "A seat all the same" in client.get(f"/training/{made.id}", query_string={"who": "gelen"}).text
    said = {"user_id": str(other.id), "who": "gelen", "above": "1"}
    answer = client.post(path, data=said)
    assert answer.status_code == 422 and "Is that right?" in answer.text and 'name="confirmed" value="1"' in answer.text
    assert client.post(path, data=said | {"confirmed": "1"}).status_code == 303
    seats = booking.bookings(made)
    assert [one.state for one in seats] == ["booked", "booked"]
    out = f"/training/bookings/{seats[1].id}/out"
    assert "Take Rəşad Gələn out?" in client.get(out).text
    assert client.post(out, data={"reason": ""}).status_code == 422
    assert client.post(out, data={"reason": "Başqa qrupa keçir"}).status_code == 303
    assert db.session.get_one(Booking, seats[1].id).state == State.LEFT


def test_a_number_alone_puts_nobody_in_whom_the_trainer_could_not_find(client: FlaskClient) -> None:
    made, stranger = training(slot(room(), 3000)), person("Yad Adam", "yad.adam@example.com")
    signed_in(client, made.trainer)
    path = f"/training/{made.id}/people"
    for said in ({}, {"who": "yad"}, {"user_id": "x"}, {"user_id": "9" * 30}):
        answer = client.post(path, data={"user_id": stranger.id} | said)
        assert "Yad Adam" not in answer.text and answer.status_code in (303, 422), said
        assert booking.bookings(made) == []
    assert client.post(path, data={"user_id": stranger.id, "who": "yad.adam@example.com"}).status_code == 303
    assert len(booking.bookings(made)) == 1
