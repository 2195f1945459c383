"""Every page that lists something asks as many queries for many rows as for two."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Organisation, Role, User
from app.catalogue.models import Course, CourseVersion
from app.credentials import issuing
from app.curricula import assigning
from app.db import db
from app.grading.models import Purpose, Rejudge, Stage, State, Verdict
from app.learning import announcing, cohorts, enrolling, progress
from app.learning.cohorts import Plan
from app.learning.models import Cohort, Enrolment
from app.notices.telling import tell
from app.organisations import working
from tests.factories import NOW, finish, person, published, signed_in
from tests.grading.rows import queued

TODAY = date(2026, 11, 22)
MANY = 40
COURSES = 5  # of one learner; each is a folder to be read


class House:
    """One of each, which gets more and more of everything."""

    def __init__(self) -> None:
        self.teacher = person("Müəllim", role=Role.INSTRUCTOR)
        self.administrator = person("Aytən", role=Role.ADMINISTRATOR)
        self.agency: Organisation = working.create("Nazirlik", by=None, now=NOW)
        self.manager = person("Müdir", role=Role.MANAGER, organisation_id=self.agency.id)
        self.course: Course = published()
        self.cohort: Cohort = self._cohort()
        self.reader = person("Oxucu")
        self.reader.certificate_name_confirmed_at = NOW
        self.enrolment: Enrolment = cohorts.join(self.reader, self.cohort, now=NOW)
        self.colleague = person("Həmkar")
        working.join(self.colleague, self.agency, from_on=TODAY, by=None, now=NOW)
        self.rows = self.courses = 0

    def _cohort(self) -> Cohort:
        plan = Plan(name="Payız", language="az", starts_on=TODAY, ends_on=None, seats=None)
        return cohorts.open_cohort(self.course, plan, by=self.teacher, now=NOW)

    def fill(self, rows: int, courses: int) -> None:
        while self.rows < rows:
            self.rows += 1
            self._add(self.rows)
        while self.courses < courses:
            self.courses += 1
            course = published(f"sample_{self.courses}")
            assigning.assign(self.agency, [self.colleague], course, None, by=self.manager, now=NOW)
            finish(enrolling.enrol(self.reader, course, now=NOW))
        issuing.issue_due(NOW)
        db.session.commit()

    def _add(self, n: int) -> None:
        learner = person(f"Şagird {n}")
        self._learns(learner)
        working.join(learner, self.agency, from_on=TODAY, by=learner, now=NOW)
        assigning.assign(self.agency, [learner], self.course, None, by=self.manager, now=NOW)
        working.create(f"Şöbə {n}", by=None, now=NOW)
        person(f"Başqa müəllim {n}", role=Role.INSTRUCTOR, course_slug=self.course.slug)
        person(f"Başqa müdir {n}", role=Role.MANAGER, organisation_id=self.agency.id)
        self._cohort()
        announcing.announce(self.cohort, f"Salam {n}", "Sabah dərs var", by=learner, now=NOW)
        params = {"title": "Task", "points": 1, "most": 2, "submission": 1}
        tell(self.reader.id, None, "en", "graded", params, key=f"n{n}", now=NOW)
        version = CourseVersion(course=self.course, digest=f"{n:064x}", created_at=NOW, published_at=NOW)
        db.session.add(version)
        db.session.add(
            Rejudge(
                course_id=self.course.id,
                version=version,
                item="functions/initials",
                which="all",
                stage=Stage.APPLIED,
                reason="r",
                created_by=learner.id,
                created_at=NOW,
            )
        )

    def _learns(self, learner: User) -> None:
        enrolment = cohorts.join(learner, self.cohort, now=NOW)
        progress.finish_lesson(enrolment, "functions/welcome", now=NOW)
        for taking, state in ((self.enrolment, State.GRADED), (enrolment, State.QUARANTINED)):
            item = {"item": "functions/initials", "purpose": Purpose.SUBMIT, "enrolment": taking}
            row = queued(taking.user, taking.version, state=state, **item)
            if state is State.GRADED:
                row.verdict = Verdict(
                    submission_id=row.id, status="passed", points=1, max_points=1, result={}, recorded_at=NOW
                )

    def pages(self) -> list[tuple[str, User]]:
        return [
            ("/", self.reader),
            (f"/learn/{self.enrolment.id}", self.reader),
            (f"/learn/{self.enrolment.id}/functions/initials/history", self.reader),
            ("/notices", self.reader),
            ("/certificates", self.reader),
            ("/account", self.reader),
            ("/courses", self.reader),
            ("/search?q=sample", self.reader),
            ("/teach/", self.teacher),
            (f"/teach/cohorts/{self.cohort.id}", self.teacher),
            (f"/teach/cohorts/{self.cohort.id}/gradebook", self.teacher),
            (f"/teach/cohorts/{self.cohort.id}/gradebook.csv", self.teacher),
            (f"/teach/cohorts/{self.cohort.id}/announcements", self.teacher),
            ("/authoring/", self.teacher),
            (f"/authoring/courses/{self.course.slug}", self.teacher),
            (f"/staff/rejudges/{self.course.slug}", self.teacher),
            (f"/team/{self.agency.id}", self.manager),
            ("/administration/people", self.administrator),
            ("/administration/people?role=instructor", self.administrator),
            (f"/administration/people/{self.colleague.id}", self.administrator),
            ("/structure/", self.administrator),
            (f"/structure/{self.agency.id}", self.administrator),
            (f"/structure/{self.agency.id}/people", self.administrator),
            (f"/structure/people/{self.colleague.id}", self.administrator),
            ("/staff/system", self.administrator),
            ("/staff/audit", self.administrator),
        ]


def test_a_list_asks_the_same_number_of_queries_for_2_and_for_40_rows(
    site: Flask, client: FlaskClient, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    house = House()

    def asked() -> dict[str, list[str]]:
        found = {}
        for path, reader in house.pages():
            signed_in(client, reader)
            assert client.get(path).status_code == 200, path  # what is kept in memory is there
            with counting() as statements:
                client.get(path)
            found[path] = statements
        return found

    house.fill(2, courses=2)
    few = asked()
    house.fill(MANY, courses=COURSES)
    many = asked()
    grown = {path: (len(few[path]), len(statements)) for path, statements in many.items()}
    assert {path: numbers for path, numbers in grown.items() if numbers[0] != numbers[1]} == {}
