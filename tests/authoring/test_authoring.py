"""Uploading, proving, publishing: what the pages and operations of authors promise."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Grant, Role
from app.authoring import checking, releasing, uploading
from app.catalogue import publishing
from app.catalogue.models import Course, CourseVersion
from app.catalogue.reading import listed_courses
from app.db import _reads_only, db
from app.errors import Refused
from app.grading.models import Draft, Lane, Purpose, State, Submission, Verdict
from app.learning import enrolling
from app.web import settings
from graders.course import CourseErrors
from graders.course import model as content
from graders.uploads import Refusal
from tests.factories import NOW, SAMPLE, person, published, signed_in


def archive(replace: dict[str, str] | None = None, *, root: str = "own-course") -> bytes:
    """The sample course as .zip, with some files written otherwise."""
    replaced = replace or {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(SAMPLE.rglob("*")):
            if path.is_file():
                name = path.relative_to(SAMPLE).as_posix()
                target.writestr(f"{root}/{name}", replaced.pop(name, None) or path.read_bytes())
        for name, text in replaced.items():
            target.writestr(f"{root}/{name}", text)
    return out.getvalue()


def stored(by, content: bytes, *, now=NOW) -> CourseVersion:  # type: ignore[no-untyped-def]
    slug, files = uploading.read_course(content, "x.zip")
    db.session.commit()  # an upload begins a transaction of its own
    version = uploading.upload(slug, files, settings().data_folder, by=by, now=now)
    db.session.commit()
    return version


def proved(version: CourseVersion, *, status: str = "passed") -> None:
    """As the worker would write it."""
    proof = checking.request_proof(version, by=person(), now=NOW)
    verdict = Verdict(submission_id=proof.id, status=status, points=0, max_points=0, result={}, recorded_at=NOW)
    db.session.add(verdict)
    db.session.flush()
    proof.verdict_id, proof.state = verdict.id, State.GRADED
    db.session.commit()


def test_an_upload_is_a_draft_nobody_finds_and_its_author_teaches_it(site: Flask, client: FlaskClient) -> None:
    author = person(role=Role.INSTRUCTOR, course_slug="something-else")
    version = stored(author, archive())
    assert listed_courses() == []
    assert client.get("/courses/own-course").status_code == 404
    grant = db.session.scalars(select(Grant).where(Grant.course_slug == "own-course")).one()
    assert grant.user_id == author.id
    assert version.published_at is None


def test_the_same_files_again_are_the_same_version(site: Flask) -> None:
    author = person(role=Role.INSTRUCTOR)
    assert stored(author, archive()).id == stored(author, archive()).id


def test_a_course_of_somebody_else_is_not_overwritten(site: Flask) -> None:
    published("own-course")
    with pytest.raises(Refused, match="not yours"):
        stored(person(role=Role.INSTRUCTOR, course_slug="another"), archive())
    assert len(db.session.scalars(select(CourseVersion)).all()) == 1


def test_everything_wrong_is_listed_and_nothing_is_kept(site: Flask) -> None:
    broken = archive({"course.toml": "title = 3\ncolour = 'red'\n"})
    with pytest.raises(CourseErrors) as caught:
        stored(person(role=Role.INSTRUCTOR), broken)
    assert len(caught.value.errors) > 2
    db.session.rollback()
    assert db.session.scalars(select(Course)).all() == []
    assert not list(settings().data_folder.glob("versions/*"))
    assert not list(settings().data_folder.glob(".upload-*"))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"not a zip", Refusal),
        (archive({"../../escape.md": "x"}), Refusal),
        (archive(root="Bad Name"), Refused),
        (archive({"units/course.toml": "x"}), Refused),
        (archive({"big.bin": "x" * (uploading.MOST_FILE + 1)}), (Refused, Refusal)),
    ],
)
def test_a_bad_archive_is_refused(site: Flask, content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        uploading.read_course(content, "x.zip")


def test_a_proof_waits_in_the_one_queue_behind_learners_and_is_not_doubled(site: Flask) -> None:
    author = person(role=Role.INSTRUCTOR)
    version = stored(author, archive())
    first, second = (checking.request_proof(version, by=author, now=NOW) for _ in range(2))
    assert first is second
    assert (first.state, first.lane, first.purpose) == (State.QUEUED, Lane.AUTHORS, Purpose.PROOF)


def test_only_a_proved_version_is_published(site: Flask) -> None:
    author = person(role=Role.INSTRUCTOR)
    version = stored(author, archive())
    with pytest.raises(Refused, match="Check it first"):
        releasing.publish(version, by=author, now=NOW)
    proved(version, status="failed")
    with pytest.raises(Refused, match="Check it first"):
        releasing.publish(version, by=author, now=NOW)
    proved(version)
    releasing.publish(version, by=author, now=NOW)
    assert [course.slug for course in listed_courses()] == ["own-course"]


def changed(text: str) -> bytes:
    return archive({"functions/welcome.md": f"# Welcome\n\n{text}"})


def test_learners_move_when_only_texts_change_and_stay_when_points_do(site: Flask) -> None:
    author, learner = person(role=Role.INSTRUCTOR), person()
    first = stored(author, archive())
    proved(first)
    releasing.publish(first, by=author, now=NOW)
    enrolment = enrolling.enrol(learner, first.course, now=NOW)
    db.session.commit()

    texts = stored(author, changed("New words."), now=NOW + timedelta(days=1))
    proved(texts)
    assert releasing.publish(texts, by=author, now=NOW) == 1
    db.session.refresh(enrolment)
    assert enrolment.version_id == texts.id

    toml = (SAMPLE / "functions/initials/exercise.toml").read_text().replace("points = 3", "points = 4")
    points = stored(author, archive({"functions/initials/exercise.toml": toml}), now=NOW + timedelta(days=2))
    proved(points)
    assert releasing.publish(points, by=author, now=NOW) == 0
    db.session.refresh(enrolment)
    assert enrolment.version_id == texts.id


def test_a_withdrawn_course_is_found_by_nobody_and_finished_by_who_is_in_it(site: Flask, client: FlaskClient) -> None:
    course, learner = published(), person()
    enrolment = enrolling.enrol(learner, course, now=NOW)
    releasing.withdraw(course, by=person(), now=NOW)
    db.session.commit()
    assert listed_courses() == []
    assert signed_in(client, learner).get(f"/learn/{enrolment.id}").status_code == 200
    with pytest.raises(Refused, match="not offered"):
        enrolling.enrol(person(), course, now=NOW)
    releasing.offer_again(course, by=person(), now=NOW)
    assert [one.slug for one in listed_courses()] == ["sample_course"]


def test_the_page_says_what_is_wrong_with_an_upload(site: Flask, client: FlaskClient) -> None:
    signed_in(client, person(role=Role.INSTRUCTOR))
    broken = archive({"course.toml": "title = 3\n"})
    answer = client.post("/authoring/upload", data={"file": (io.BytesIO(broken), "own-course.zip")})
    page = answer.get_data(as_text=True)
    assert "must be put right" in page
    assert "course.toml" in page


def test_the_page_leads_from_an_upload_to_its_report(site: Flask, client: FlaskClient) -> None:
    signed_in(client, person(role=Role.INSTRUCTOR))
    answer = client.post("/authoring/upload", data={"file": (io.BytesIO(archive()), "own-course.zip")})
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Every known answer" in page
    assert db.session.scalars(select(Submission.purpose)).all() == [Purpose.PROOF]


def test_an_instructor_of_another_course_finds_no_draft_of_this_one(site: Flask, client: FlaskClient) -> None:
    version = stored(person(role=Role.INSTRUCTOR), archive())
    signed_in(client, person(role=Role.INSTRUCTOR, course_slug="another"))
    for path in ("", "/walk", "/walk/functions/welcome"):
        assert client.get(f"/authoring/versions/{version.id}{path}").status_code == 404
    for act in ("check", "publish"):
        assert client.post(f"/authoring/versions/{version.id}/{act}").status_code == 404


def test_what_learners_type_goes_along_to_the_new_version(site: Flask) -> None:
    course, author = published("own-course"), person(role=Role.INSTRUCTOR)
    learner, both = person(), person()
    for user in (learner, both):
        enrolling.enrol(user, course, now=NOW)
    former = course.published_id
    version = stored(author, archive({"README.md": "other"}))
    assert version.id != former
    for user, at, text in ((learner, former, "mine"), (both, former, "old"), (both, version.id, "new")):
        db.session.add(
            Draft(user_id=user.id, version_id=at, item="functions/initials", files={"a.py": text}, saved_at=NOW)
        )
    proved(version)
    assert releasing.publish(version, by=author, now=NOW) == 2
    kept = db.session.scalars(select(Draft).where(Draft.version_id == version.id)).all()
    assert {(draft.user_id, draft.files["a.py"]) for draft in kept} == {(learner.id, "mine"), (both.id, "new")}


def test_files_are_read_and_copied_before_the_write_lock_is_taken(site: Flask, client: FlaskClient) -> None:
    """Half a second of copying under SQLite's one write lock would hold up everybody's drafts."""
    signed_in(client, person(role=Role.INSTRUCTOR))
    begun: list[bool] = []
    copying = publishing.copy_files

    def copy_files(course: content.Course, target: Path) -> None:
        if not target.exists():
            begun.append(_reads_only.get())
        copying(course, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "copy_files", copy_files)
        client.post("/authoring/upload", data={"file": (io.BytesIO(archive()), "own-course.zip")})
    assert begun == [True]
