"""Who hears that a course has another version, and who need not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import granting
from app.accounts.models import Grant, Role, User
from app.authoring import releasing
from app.catalogue import publishing
from app.catalogue.models import CourseVersion
from app.clock import utc_now
from app.curricula.models import Source
from app.curricula.reminding import choosing, ladder
from app.db import db
from app.learning import enrolling
from app.learning.models import Enrolment
from app.notices import delivering
from app.notices.models import Notice
from app.notices.writing import letter
from app.web import settings
from tests.authoring.test_authoring import archive, changed, proved, stored
from tests.curricula.office import Office, office
from tests.factories import NOW, SAMPLE, person

LATER = NOW + timedelta(days=1)
MORNING = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # NOW is a Sunday
MORE = {
    "tables/unit.toml": (SAMPLE / "tables/unit.toml").read_text().replace('["sales"]', '["sales", "extra"]'),
    "tables/extra.md": "# Something extra\n\nRead it.",
    "course.toml": (SAMPLE / "course.toml").read_text().replace("hours = 8", "hours = 10"),
}


@pytest.fixture
def author(site: Flask) -> User:
    return person(role=Role.INSTRUCTOR)


@pytest.fixture
def first(author: User) -> CourseVersion:
    return published(author, archive())


def published(author: User, content: bytes, *, now: datetime = NOW) -> CourseVersion:
    version = stored(author, content)
    proved(version)
    releasing.publish(version, by=author, now=now)
    db.session.commit()
    return version


def learner(version: CourseVersion) -> Enrolment:
    enrolment = enrolling.enrol(person(), version.course, now=NOW)
    db.session.commit()
    return enrolment


def told(kind: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def test_who_is_in_the_course_hears_what_is_new_and_that_nothing_is_lost(author: User, first: CourseVersion) -> None:
    enrolment, gone, finished = (learner(first) for _n in range(3))
    enrolling.leave(gone, by=gone.user, now=NOW)
    finished.completed_at = NOW
    version = published(author, archive(dict(MORE)))
    (notice,) = told("course_changed")
    assert notice.recipient_id == enrolment.user_id
    assert enrolment.version_id == first.id
    assert version.id != first.id
    written = letter("course_changed", notice.params, "en")
    assert written.subject == "“Data with Python” has a new version; yours stays"
    assert "• Something extra" in written.text
    assert "about 10 hours; the version before took 8" in written.text
    assert "nothing you have done is lost" in written.text


def test_words_that_change_are_news_to_nobody(author: User, first: CourseVersion) -> None:
    enrolment = learner(first)
    version = published(author, changed("New words."))
    db.session.refresh(enrolment)
    assert enrolment.version_id == version.id
    assert told("course_changed") == []


def test_who_knows_of_it_hears_nothing_of_further_versions_and_the_mail_is_of_the_last(
    author: User, first: CourseVersion
) -> None:
    learner(first)
    published(author, archive(dict(MORE)))
    published(author, archive(MORE | {"course.toml": MORE["course.toml"].replace("hours = 10", "hours = 12")}))
    (notice,) = told("course_changed")
    assert notice.params["hours"] == [8, 10]
    assert delivering.deliver_due(MORNING) == 1
    (mail,) = delivering.mail_folder(settings()).glob("*.eml")
    assert "about 12 hours; the version before took 8" in mail.read_text()


def test_who_left_or_is_in_the_version_that_is_offered_again_gets_no_mail(author: User, first: CourseVersion) -> None:
    learner(first)
    version = published(author, archive(dict(MORE)))
    left = learner(version)
    releasing.publish(first, by=author, now=NOW)
    assert len(told("course_changed")) == 2
    left.left_at = NOW
    db.session.commit()
    assert delivering.deliver_due(MORNING) == 0
    assert [one.address for one in told("course_changed")] == [None, None]
    releasing.publish(version, by=author, now=LATER)
    assert len(told("course_changed")) == 2


def test_a_folder_that_changed_moves_or_tells_as_an_author_does(
    site: Flask, author: User, first: CourseVersion, tmp_path: Path
) -> None:
    """What came with the site itself, at its next start."""
    enrolment = learner(first)
    folder = tmp_path / "courses" / "own-course"
    zipfile.ZipFile(io.BytesIO(archive(dict(MORE)))).extractall(folder.parent)
    (loaded,) = publishing.load_folders(folder.parent, settings().data_folder, now=LATER)
    assert loaded.former is not None
    assert loaded.version is not None
    assert releasing.follow(loaded.former, loaded.version, now=LATER) == 0
    assert [one.recipient_id for one in told("course_changed")] == [enrolment.user_id]
    (again,) = publishing.load_folders(folder.parent, settings().data_folder, now=LATER)
    assert again.former is None


# ---- leaders


@pytest.fixture
def here(first: CourseVersion) -> Office:
    made = office()
    aysel, zaur, done = made.hire("Aysel"), made.hire("Zaur"), made.hire("Nigar")
    made.ask(made.requirement("own-course", titles={"en": "Data for all", "az": "Verilənlər"}), aysel, zaur)
    assert done
    db.session.commit()
    return made


def test_a_training_officer_hears_of_a_course_that_is_asked_for(
    author: User, first: CourseVersion, here: Office
) -> None:
    there = office()  # asks for another course
    there.ask(there.requirement("other"), there.hire("Elçin"))
    published(author, changed("New words."), now=utc_now())
    assert told("asked_course_changed") == []
    version = published(author, archive(dict(MORE)), now=utc_now())
    (notice,) = told("asked_course_changed")
    assert (notice.recipient_id, notice.params["people"]) == (here.officer.id, 2)
    assert notice.params["version"] == version.id
    written = letter("asked_course_changed", notice.params, "en")
    assert "• Data for all" in written.text
    assert "2 people in the organisation have not finished it yet" in written.text
    assert f"{here.at}/{notice.params['asking'][0]['id']}" in written.text


def test_a_manager_hears_of_it_where_the_organisation_chose_so(
    author: User, first: CourseVersion, here: Office
) -> None:
    boss = here.hire("Müdir")
    granting.grant(boss, Role.MANAGER, organisation_id=here.organisation.id, by=None, now=NOW)
    steps = dict(ladder.USUAL) | {"manager": ["course"], "officer": []}
    choosing.choose(here.organisation, steps, by=here.officer, now=utc_now())
    published(author, archive(dict(MORE)), now=utc_now())
    (notice,) = told("asked_course_changed")
    assert (notice.recipient_id, notice.params["role"], notice.params["people"]) == (boss.id, "manager", 2)


def test_who_no_longer_answers_for_these_people_gets_no_mail(author: User, first: CourseVersion, here: Office) -> None:
    published(author, archive(dict(MORE)), now=utc_now())
    assert len(told("asked_course_changed")) == 1
    for grant in db.session.scalars(select(Grant).where(Grant.user_id == here.officer.id)):
        db.session.delete(grant)
    db.session.commit()
    assert delivering.deliver_due(utc_now() + timedelta(days=5)) == 0


def test_a_requirement_that_asks_nobody_any_more_says_nothing(author: User, first: CourseVersion, here: Office) -> None:
    for source in db.session.scalars(select(Source)):
        source.until_on = source.from_on
    published(author, archive(dict(MORE)), now=utc_now())
    assert told("asked_course_changed") == []


def test_publishing_asks_as_many_queries_for_many_learners_as_for_few(
    author: User, first: CourseVersion, here: Office, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    def statements(number: int, words: str) -> int:
        former = first.course.published
        assert former is not None
        for _n in range(number):
            learner(former)
        unit = MORE["tables/unit.toml"].replace('"extra"', f'"extra", "extra{words}"')
        more = {"tables/unit.toml": unit, f"tables/extra{words}.md": "# More\n\nRead it."}
        version = stored(author, archive(MORE | more))
        proved(version)
        db.session.expire_all()
        with counting() as seen:
            releasing.publish(version, by=author, now=NOW)
        db.session.commit()
        return len(seen)

    assert statements(2, "a") >= statements(12, "b")
