"""A published course with files, a learner in it, and an author without."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.catalogue import publishing
from app.db import db
from app.grading.seats import Seat
from app.web import settings
from graders.course import Exercise, Quiz, load_course
from tests.grading.rows import NOW, enrolment, person

SAMPLE = Path(__file__).parents[1] / "graders" / "sample_course"


@pytest.fixture
def seat(site: Flask) -> Seat:
    """A learner enrolled in the sample course."""
    course = load_course(SAMPLE)
    version = publishing.store_version(course, settings().data_folder, created_by=None, now=NOW)
    publishing.publish(version, course, now=NOW)
    user = person()
    taking = enrolment(user, version)
    db.session.commit()
    return Seat(user=user, version=version, enrolment=taking)


@pytest.fixture
def walker(seat: Seat) -> Seat:
    """An author walking the same version, without an enrolment."""
    return Seat(user=person("Author"), version=seat.version)


@pytest.fixture
def initials(seat: Seat) -> Exercise:
    item = seat.course.item("functions/initials")
    assert isinstance(item, Exercise)
    return item


@pytest.fixture
def quiz(seat: Seat) -> Quiz:
    item = seat.course.item("functions/check")
    assert isinstance(item, Quiz)
    return item
