"""A course folder comes as a .zip: read, loaded, stored as a draft. Nothing of a bad one stays."""

from __future__ import annotations

import re
import tempfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from flask_babel import gettext as _

from app import audit
from app.accounts.models import Grant, Role, User
from app.accounts.permissions import instructs
from app.blobs import is_disk_full
from app.catalogue import publishing, reading
from app.catalogue.models import Course, CourseVersion
from app.db import db
from app.errors import Refused
from app.web import begin_writing, blobs
from graders.course.loading import load_course
from graders.uploads import ZipLimits, read_zip

MOST_COURSE = 50 * 2**20
MOST_FILE = 5 * 2**20
LIMITS = ZipLimits(entries=5000, total=MOST_COURSE, ratio=200, depth=8, name=200)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_course(content: bytes, name: str) -> tuple[str, dict[str, bytes]]:
    """The slug and the files of the one course in the archive. Raises Refused, or graders.uploads.Refusal.

    The course is a folder with `course.toml`; its name is the slug. `skills.toml` may lie beside it.
    """
    files = read_zip(content, name=name, limits=LIMITS)
    roots = [PurePosixPath(path).parent for path in files if PurePosixPath(path).name == "course.toml"]
    if len(roots) != 1:
        raise Refused(
            _(
                "The archive holds %(count)s files called course.toml; a course is one folder with one.",
                count=len(roots),
            ),
            field="file",
        )
    root = roots[0]
    slug = root.name or name.rpartition("/")[2].removesuffix(".zip")
    if not SLUG.fullmatch(slug) or len(slug) > 100:
        raise Refused(
            _(
                "“%(slug)s” cannot be the name of a course: use small letters, digits, hyphens.",
                slug=slug,
            ),
            field="file",
        )
    for path, body in files.items():
        if len(body) > MOST_FILE:
            raise Refused(
                _("“%(path)s” is larger than %(limit)s MiB.", path=path, limit=MOST_FILE // 2**20), field="file"
            )
    inside = {
        str(PurePosixPath(path).relative_to(root)): body
        for path, body in files.items()
        if PurePosixPath(path).is_relative_to(root)
    }
    skills = files.get(str(root.parent / "skills.toml"))
    return slug, {f"{slug}/{path}": body for path, body in inside.items()} | ({"skills.toml": skills} if skills else {})


def upload(slug: str, files: dict[str, bytes], data: Path, *, by: User, now: datetime) -> CourseVersion:
    """Store the course as a draft of `slug`; who uploads a new course becomes its instructor.

    Begins the writing transaction itself, after reading and copying the files, which is slow.
    Raises Refused for a course of somebody else or a disk that is full, CourseErrors with all that is wrong with the
    content.
    """
    _refuse_anothers(slug, by)
    if not blobs().has_room():
        raise _no_room()
    try:
        return _upload(slug, files, data, by=by, now=now)
    except OSError as problem:
        if is_disk_full(problem):
            raise _no_room() from problem
        raise


def _no_room() -> Refused:
    return Refused(
        _("The disk of this site is nearly full, so no course can be uploaded now. Nothing of it was stored."),
        status=503,
        field="file",
    )


def _upload(slug: str, files: dict[str, bytes], data: Path, *, by: User, now: datetime) -> CourseVersion:
    with tempfile.TemporaryDirectory(dir=data, prefix=".upload-") as scratch:
        for path, body in files.items():
            target = Path(scratch) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        course = load_course(Path(scratch) / slug)
        publishing.copy_files(course, reading.version_folder(data, course.digest, slug))
        begin_writing()
        is_new = _refuse_anothers(slug, by) is None  # somebody may have been quicker
        version = publishing.store_version(course, data, created_by=by.id, now=now)
    if is_new and not instructs(by, slug):
        db.session.add(Grant(user_id=by.id, role=Role.INSTRUCTOR, course_slug=slug, granted_by=by.id, granted_at=now))
    audit.record(
        "course_uploaded", actor_id=by.id, now=now, subject_type="course", subject_id=slug, digest=version.digest[:12]
    )
    return version


def _refuse_anothers(slug: str, by: User) -> Course | None:
    """The course of this slug, if there is one. Raises Refused when it is somebody else's."""
    known = reading.course_by_slug(slug)
    if known is not None and not instructs(by, slug):
        raise Refused(
            _("A course called “%(slug)s” exists and is not yours; rename the folder.", slug=slug), field="file"
        )
    return known
