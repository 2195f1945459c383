"""People and things for tests, with sensible values for whatever a test does not care about."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient

from app.accounts import granting, passwords, registering, sessions
from app.accounts.login import COOKIE
from app.accounts.models import Role, User
from app.catalogue import publishing
from app.catalogue.models import Course
from app.clock import utc_now
from app.db import db
from app.learning import progress
from app.learning.models import Enrolment
from app.web import settings
from graders.course import load_course

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORD = "dörd uzun sakit söz"
_numbers = count(1)


def person(
    name: str = "Aysel Həsənova",
    email: str | None = "",
    *,
    password: str | None = None,
    role: Role | None = None,
    language: str = "en",
    **narrowed: object,
) -> User:
    """An account with a confirmed address (None: without one); `narrowed`: course_slug or organisation_id."""
    if email == "":
        email = f"person{next(_numbers)}@example.com"
    user = registering.new_user(name, email=email, language=language, now=NOW)
    user.email_confirmed_at = NOW if email else None
    user.consented_at = NOW
    user.password_hash = passwords.hash_password(password) if password else None
    if role is not None:
        granting.grant(user, role, by=None, now=NOW, **narrowed)  # type: ignore[arg-type]
    db.session.commit()
    return user


def signed_in(client: FlaskClient, user: User) -> FlaskClient:
    """The client, with the cookie of a device of `user`."""
    token = sessions.open_session(user, user_agent="", address="127.0.0.1", days=1, now=utc_now())
    db.session.commit()
    client.set_cookie(COOKIE, token)
    return client


SAMPLE = Path(__file__).parent / "graders" / "sample_course"
GRADED = {"functions/check": 5.0, "functions/initials": 10.0, "functions/word-count": 6.0, "tables/sales": 10.0}


def published(slug: str = "sample_course") -> Course:
    """The sample course (a lesson, a quiz, three exercises; 31 points) published under `slug`."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / slug
        shutil.copytree(SAMPLE, folder)
        loaded = load_course(folder)
        version = publishing.store_version(loaded, settings().data_folder, created_by=None, now=NOW)
    publishing.publish(version, loaded, now=NOW)
    db.session.commit()
    return version.course


def finish(enrolment: Enrolment, *, now: datetime = NOW) -> None:
    """Everything done with every point, as learning and grading would write it."""
    progress.finish_lesson(enrolment, "functions/welcome", now=now)
    for item, points in GRADED.items():
        progress.record_item(
            enrolment, item, points=points, max_points=points, done=True, late=False, submission_id=1, now=now
        )
    db.session.commit()
