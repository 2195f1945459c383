"""A course folder becomes a stored version; a stored version becomes the published one; a course is withdrawn."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

from app.catalogue import sharing
from app.catalogue.models import Course, CourseVersion, SearchDocument
from app.catalogue.reading import version_folder
from app.db import db
from app.folding import fold
from app.web import blobs
from graders.course import model as content
from graders.course.errors import CourseErrors
from graders.course.loading import load_course


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What came of one folder at start: a version (new or known), or the errors that keep it out.

    `former`: the version in whose place this one was published now.
    """

    slug: str
    version: CourseVersion | None
    former: CourseVersion | None = None
    errors: tuple[str, ...] = ()


def load_folders(courses: Path, data: Path, *, now: datetime) -> list[Loaded]:
    """Store and publish every course folder below `courses`. A broken one is reported, the others are served."""
    return [_load_folder(folder.parent, data, now=now) for folder in sorted(courses.glob("*/course.toml"))]


def _load_folder(folder: Path, data: Path, *, now: datetime) -> Loaded:
    try:
        course = load_course(folder)
    except CourseErrors as error:
        return Loaded(slug=folder.name, version=None, errors=tuple(str(one) for one in error.errors))
    version = store_version(course, data, created_by=None, now=now)
    former = None
    if version.published_at is None:  # a known version stays as staff left it: published, replaced or withdrawn
        former = version.course.published
        publish(version, course, now=now)
    return Loaded(slug=folder.name, version=version, former=former)


def store_version(course: content.Course, data: Path, *, created_by: int | None, now: datetime) -> CourseVersion:
    """Copy the files under their digest and note the version; the same files again are the same version."""
    row = db.session.scalar(select(Course).where(Course.slug == course.id))
    if row is None:
        row = Course(slug=course.id, created_at=now)
        db.session.add(row)
        db.session.flush()
    version = db.session.scalar(
        select(CourseVersion).where(CourseVersion.course_id == row.id, CourseVersion.digest == course.digest)
    )
    copy_files(course, version_folder(data, course.digest, course.id))
    if version is None:
        version = CourseVersion(course=row, digest=course.digest, created_at=now, created_by=created_by)
        db.session.add(version)
        db.session.flush()
    return version


def copy_files(course: content.Course, target: Path) -> None:
    """Here, and where machines share them. `skills.toml` stands beside the course, as in the source."""
    if not target.exists():
        with sharing.arriving(target.parent) as temporary:
            shutil.copytree(course.path, temporary / course.id, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            skills = course.path.parent / "skills.toml"
            if skills.exists():
                shutil.copy(skills, temporary / "skills.toml")
    sharing.share(target.parent, blobs().shared)


def publish(version: CourseVersion, course: content.Course, *, now: datetime) -> None:
    """Make `version` the one new learners take, with its facts in lists and in the search."""
    row = version.course
    version.published_at = version.published_at or now
    row.published = version
    row.withdrawn_at = None
    row.titles, row.summaries = dict(course.title), dict(course.summary)
    row.track, row.level, row.hours, row.audience = course.track, course.level, course.hours, list(course.audience)
    db.session.flush()
    index_for_search(row, course)


def withdraw(course: Course, *, now: datetime) -> None:
    """Nobody new finds or takes it; who is in it finishes it."""
    course.withdrawn_at = course.withdrawn_at or now


def offer_again(course: Course) -> None:
    course.withdrawn_at = None


def index_for_search(row: Course, course: content.Course) -> None:
    """Titles and summaries of the course and titles of its items, in each language it speaks."""
    db.session.execute(delete(SearchDocument).where(SearchDocument.course_id == row.id))
    for language in content.LANGUAGES:
        _index(row, language, item="", title=course.title.get(language), body=course.summary.get(language))
        for unit, item in course.items():
            body = item.text.get(language) if isinstance(item, content.Lesson) else ""
            _index(
                row, language, item=item.key, title=item.title.get(language), body=f"{unit.title.get(language)}\n{body}"
            )


def _index(row: Course, language: str, *, item: str, title: str, body: str) -> None:
    db.session.add(
        SearchDocument(
            course_id=row.id,
            language=language,
            item=item,
            title=title[:300],
            body=body[:400],
            folded=fold(f"{title}\n{body}"),
        )
    )
