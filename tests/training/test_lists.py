"""Pages of trainings ask as many queries for many rows as for two."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask.testing import FlaskClient

from app.accounts.models import Role, User
from app.db import db
from app.training import booking
from tests.factories import NOW, person, published, signed_in
from tests.training.centre import room, slot, training

MANY = 40


def test_pages_of_trainings_ask_the_same_number_of_queries_for_2_and_for_40_rows(
    client: FlaskClient, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    course, reader, administrator = published(), person("Leyla"), person("İlqar", role=Role.ADMINISTRATOR)
    trainer = person("Tural Müəllim", role=Role.INSTRUCTOR, course_slug=course.slug)
    here, rows = room(), 0
    made = training(slot(here, 3000), course=course, trainer=trainer, seats=20)
    seat = booking.book(reader, made, now=NOW)
    pages: list[tuple[str, User]] = [
        ("/training/", trainer),
        ("/training/timetable?week=2035-02-08", trainer),
        (f"/training/rooms/{here.id}?week=2035-02-08", trainer),
        (f"/training/{made.id}?who=adam", administrator),
        (f"/training/meetings/{made.meetings[0].id}", trainer),
        (f"/courses/{course.slug}/training", reader),
        ("/seats", reader),
        (f"/seats/{made.id}", reader),
        (f"/learn/{seat.enrolment_id}", reader),
    ]

    def asked() -> dict[str, int]:
        found = {}
        for path, user in pages:
            signed_in(client, user)
            assert client.get(path).status_code == 200, path
            with counting() as statements:
                client.get(path)
            found[path] = len(statements)
        return found

    def fill(most: int) -> None:
        nonlocal rows
        while rows < most:
            rows += 1
            booking.book(person(f"Adam {rows}"), made, now=NOW)
            other = training(slot(here, 3000 + rows), course=course, trainer=trainer, now=NOW)
            booking.book(reader, other, now=NOW)
        db.session.commit()

    fill(2)
    few = asked()
    fill(MANY)
    assert asked() == few
