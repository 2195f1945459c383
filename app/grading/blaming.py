"""The author's checks broke, not the answer: it is no attempt, and who teaches the course is told, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Grant, Role, User
from app.db import db
from app.grading import queueing
from app.grading.models import Submission
from app.notices.telling import tell
from graders.verdict import CheckerError


def set_aside(submission: Submission, error: CheckerError, *, now: datetime) -> None:
    """Take the submission out of the queue; staff put it back when the checks are mended."""
    queueing.set_aside(submission, f"the author's checks failed: {error}", now=now)
    course = submission.version.course
    for teacher in teachers(course.slug):
        tell(
            teacher.id,
            teacher.address,
            teacher.language,
            "checks_broke",
            {
                "course": course.slug,
                "item": submission.item,
                "check": error.check,
                "detail": error.detail[-2000:],
                "submission": submission.id,
            },
            key=f"checks_broke:{submission.version_id}:{submission.item}:{error.check}:{teacher.id}",
            now=now,
        )


def teachers(slug: str) -> list[User]:
    """Who was made instructor of the course itself; where nobody was, of every course."""
    query = (
        select(User)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.INSTRUCTOR, User.closed_at.is_(None))
    )
    found = db.session.scalars(query.where(Grant.course_slug == slug)).unique().all()
    return list(found or db.session.scalars(query.where(Grant.course_slug.is_(None))).unique().all())
