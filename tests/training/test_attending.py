"""Who was there, and what it means for the course."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask

from app.accounts.models import User
from app.catalogue import publishing
from app.catalogue.models import Course
from app.db import db
from app.errors import Refused
from app.learning import enrolling, progress
from app.training import attending, booking, codes, planning
from app.training.models import Booking, Training
from app.web import settings
from graders.course import load_course
from tests.factories import NOW, SAMPLE, finish, person
from tests.training.centre import plan, room, slot, training


def asking(share: float = 0.5) -> Course:
    """The sample course, with attendance asked for."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "in-person"
        shutil.copytree(SAMPLE, folder)
        with (folder / "course.toml").open("a") as file:
            file.write(f"\n[attendance]\nshare = {share}\n")
        loaded = load_course(folder)
        version = publishing.store_version(loaded, settings().data_folder, created_by=None, now=NOW)
    publishing.publish(version, loaded, now=NOW)
    db.session.commit()
    return version.course


def at(
    made: Training, seat: Booking, number: int, present: bool, *, by: User, minutes: int = 0, how: str = "list"
) -> None:
    meeting = made.meetings[number]
    then = meeting.starts_at + timedelta(minutes=minutes)
    attending.mark(meeting, seat, present, how=how, at=then, by=by, now=meeting.ends_at)


def test_items_alone_do_not_finish_a_course_that_asks_for_attendance(site: Flask) -> None:
    made = training(slot(room(), 7), slot(room(), 8), course=asking(), share=0.5)
    learner = person()
    seat = booking.book(learner, made, now=NOW)
    finish(seat.enrolment)
    assert seat.enrolment.completed_at is None
    assert progress.progress_of(seat.enrolment).attendance_owed
    at(made, seat, 0, True, by=made.trainer)
    assert seat.enrolment.completed_at == made.meetings[0].ends_at


def test_attendance_alone_finishes_nothing_and_less_than_the_share_does_not_count(site: Flask) -> None:
    made = training(slot(room(), 7), slot(room(), 8), course=asking())  # both meetings
    seat = booking.book(person(), made, now=NOW)
    at(made, seat, 0, True, by=made.trainer)
    assert seat.enrolment.attended_at is None
    at(made, seat, 1, True, by=made.trainer)
    assert seat.enrolment.attended_at is not None
    assert seat.enrolment.completed_at is None
    finish(seat.enrolment)
    assert seat.enrolment.completed_at is not None


def test_a_mark_put_right_takes_attendance_back_until_the_course_is_finished(site: Flask) -> None:
    made = training(course=asking())
    seat = booking.book(person(), made, now=NOW)
    at(made, seat, 0, True, by=made.trainer)
    at(made, seat, 0, False, by=made.trainer, minutes=5)
    assert seat.enrolment.attended_at is None
    at(made, seat, 0, True, by=made.trainer, minutes=6)
    finish(seat.enrolment)
    at(made, seat, 0, False, by=made.trainer, minutes=7)
    assert seat.enrolment.completed_at is not None
    assert seat.enrolment.attended_at is not None


def test_the_mark_that_was_made_last_wins_whenever_it_arrives(site: Flask) -> None:
    made = training()
    seat = booking.book(person(), made, now=NOW)
    at(made, seat, 0, True, by=made.trainer, minutes=10)
    at(made, seat, 0, False, by=made.trainer, minutes=5)  # from a phone that had no network
    assert attending.marks(made.meetings[0])[seat.id].present
    attending.mark(
        made.meetings[0],
        seat,
        False,
        how="list",
        at=made.ends_at + timedelta(days=400),  # a clock that goes ahead
        by=made.trainer,
        now=made.ends_at,
    )
    attending.mark(
        made.meetings[0], seat, True, how="list", at=made.ends_at + timedelta(minutes=1), by=made.trainer,
        now=made.ends_at + timedelta(minutes=1),
    )  # fmt: skip
    assert attending.marks(made.meetings[0])[seat.id].present


def test_only_who_has_a_seat_is_marked_and_not_days_before(site: Flask) -> None:
    made = training(seats=1)
    seat, waits = (booking.book(person(), made, now=NOW) for _ in range(2))
    with pytest.raises(Refused, match="has a seat"):
        at(made, waits, 0, True, by=made.trainer)
    with pytest.raises(Refused, match="an hour before"):
        attending.mark(made.meetings[0], seat, True, how="list", at=NOW, by=made.trainer, now=NOW)


def test_a_training_asks_for_no_less_than_its_course_and_keeps_what_has_begun(site: Flask) -> None:
    with pytest.raises(Refused, match="at least 50 %"):
        training(course=asking(0.5), share=0.4)
    made = training(slot(room(), 7), slot(room(), 8))
    later = slot(room(), 9, meeting_id=made.meetings[1].id)
    with pytest.raises(Refused, match="has begun"):
        planning.change(made, plan(made.trainer, later), by=made.trainer, now=made.meetings[0].ends_at)


def test_who_was_at_all_that_is_still_held_has_attended(site: Flask) -> None:
    made = training(slot(room(), 7), slot(room(), 8))
    seat = booking.book(person(), made, now=NOW)
    at(made, seat, 0, True, by=made.trainer)
    assert seat.enrolment.attended_at is None
    first = made.meetings[0]
    planning.change(
        made, plan(made.trainer, slot(first.room, 7, meeting_id=first.id)), by=made.trainer, now=first.ends_at
    )
    assert seat.enrolment.attended_at is not None


def test_a_course_without_attendance_is_finished_as_before(site: Flask) -> None:
    made = training()
    enrolment = enrolling.enrol(person(), made.course, now=NOW)
    finish(enrolment)
    assert enrolment.completed_at is not None


def test_a_code_lives_a_minute_and_a_ticket_is_its_owners(site: Flask, tmp_path: Path) -> None:
    code = codes.code(1, tmp_path, NOW)
    assert codes.is_code(code, 1, tmp_path, NOW + timedelta(seconds=39))
    assert not codes.is_code(code, 1, tmp_path, NOW + timedelta(seconds=61))
    assert not codes.is_code(code, 2, tmp_path, NOW)
    ticket = codes.ticket(1, 7, tmp_path, NOW)
    assert codes.is_ticket(ticket, 1, 7, tmp_path, NOW + timedelta(seconds=299))
    assert not codes.is_ticket(ticket, 1, 8, tmp_path, NOW)
    assert not codes.is_ticket(ticket, 1, 7, tmp_path, NOW + timedelta(seconds=601))
