"""Rows for the tests of grading: people, a course, submissions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from app.accounts.models import User
from app.catalogue.models import Course, CourseVersion
from app.db import db
from app.grading.models import Lane, Purpose, State, Submission
from app.learning.models import Enrolment

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_number = count(1)


def person(name: str = "Leyla Məmmədova") -> User:
    user = User(
        name=name,
        name_folded=name.lower(),
        email=f"p{next(_number)}@example.org",
        language="az",
        consented_at=NOW,
        created_at=NOW,
    )
    db.session.add(user)
    db.session.flush()
    return user


def course(slug: str | None = None) -> CourseVersion:
    """A published course by its rows alone, without files."""
    row = Course(slug=slug or f"course-{next(_number)}", created_at=NOW)
    db.session.add(row)
    db.session.flush()
    version = CourseVersion(course=row, digest=f"{next(_number):064x}", created_at=NOW, published_at=NOW)
    db.session.add(version)
    db.session.flush()
    row.published = version
    return version


def enrolment(user: User, version: CourseVersion) -> Enrolment:
    taking = Enrolment(user=user, course=version.course, version=version, enrolled_at=NOW)
    db.session.add(taking)
    db.session.flush()
    return taking


def queued(
    user: User, version: CourseVersion, *, after: float = 0, lane: Lane = Lane.LEARNERS, **columns: object
) -> Submission:
    """A submission that waits since `after` seconds past NOW."""
    values = {
        "item": "unit/item",
        "kind": "function",
        "purpose": Purpose.SUBMIT,
        "form_token": f"t{next(_number)}",
        "language": "az",
        "seed": 1,
        "submitted_at": NOW + timedelta(seconds=after),
        "state": State.QUEUED,
        "lane": lane,
        **columns,
    }
    submission = Submission(user=user, course_id=version.course_id, version=version, **values)
    db.session.add(submission)
    db.session.flush()
    return submission
