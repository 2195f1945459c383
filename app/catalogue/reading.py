"""From a version's row to its content: files on disk, read once and kept by digest."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.catalogue import sharing
from app.catalogue.models import Course, CourseVersion
from app.db import db
from app.web import blobs, settings
from graders.course import model as content
from graders.course.loading import load_course


def version_folder(data: Path, digest: str, slug: str) -> Path:
    """Where the files of a version lie; the last part is the slug: a course is called what its folder is called."""
    return data / "versions" / f"{slug}-{digest}" / slug  # two courses may have the same files


@lru_cache(maxsize=64)
def _load(folder: Path) -> content.Course:
    shared = blobs().shared
    if shared is not None and not folder.exists():
        sharing.fetch(folder.parent, shared)
    return load_course(folder)  # immutable on disk, so never stale


def load(version: CourseVersion) -> content.Course:
    """The content of `version`. Raises CourseErrors if its folder was damaged by hand, OSError if it is gone."""
    return _load(version_folder(settings().data_folder, version.digest, version.course.slug))


def listed_courses(*, track: str | None = None, level: str | None = None, audience: str | None = None) -> list[Course]:
    """Courses anybody may find, in the order of their tracks and levels."""
    query = select(Course).where(Course.published_id.is_not(None), Course.withdrawn_at.is_(None))
    if track:
        query = query.where(Course.track == track)
    if level:
        query = query.where(Course.level == level)
    found = list(
        db.session.scalars(
            query.options(joinedload(Course.published)).order_by(Course.track, Course.level, Course.slug)
        )
    )
    return [course for course in found if not audience or audience in course.audience or "everyone" in course.audience]


def course_by_slug(slug: str) -> Course | None:
    return db.session.scalar(select(Course).where(Course.slug == slug))


def course_titles() -> dict[str, dict[str, str]]:
    """{slug: {language: title}} of every course, also of those not offered; no titles before the first publication."""
    return dict(db.session.execute(select(Course.slug, Course.titles).order_by(Course.slug)).all())


def version_by_digest(digest: str, slug: str) -> CourseVersion | None:
    return db.session.scalar(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.digest == digest, Course.slug == slug)
    )


def version_by_id(version_id: int) -> CourseVersion | None:
    return db.session.get(CourseVersion, version_id)
