"""A proved draft is published; a course is withdrawn and offered again."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from app import audit
from app.accounts.models import User
from app.authoring import checking, comparing, telling
from app.catalogue import publishing, reading
from app.catalogue.models import Course, CourseVersion
from app.db import db
from app.errors import Refused
from app.grading.models import Draft
from app.learning.models import Enrolment


def publish(version: CourseVersion, *, by: User, now: datetime) -> int:
    """Make `version` the one learners take; return how many who are in the course moved to it.

    Learners move when the items and their points are the same (texts, hints, checks may differ); otherwise they finish
    what they began. Raises Refused for a version that is not proved.
    """
    course = version.course
    if course.published_id == version.id:
        raise Refused(_("This version is already published."))
    if version.published_at is None and not checking.is_proved(version):
        raise Refused(_("Only a version whose check passed can be published. Check it first."))
    former = course.published
    loaded = reading.load(version)
    publishing.publish(version, loaded, now=now)
    audit.record(
        "course_published",
        actor_id=by.id,
        now=now,
        subject_type="course",
        subject_id=course.slug,
        digest=version.digest[:12],
    )
    return follow(former, version, now=now) if former is not None else 0


def follow(former: CourseVersion, version: CourseVersion, *, now: datetime) -> int:
    """Learners of `former`, in whose place `version` is published, move to it where they can; return how many.

    Where items or points differ they stay, and whom it concerns is told.
    """
    before, after = reading.load(former), reading.load(version)
    if not comparing.same_shape(before, after):
        telling.tell_changed(former, version, before, after, now=now)
        return 0
    moving = (Enrolment.version_id == former.id) & Enrolment.left_at.is_(None) & Enrolment.completed_at.is_(None)
    learners = select(Enrolment.user_id).where(moving)
    newer = aliased(Draft)
    db.session.execute(  # what they are typing goes along; who typed in the new version already keeps that
        update(Draft)
        .where(
            Draft.version_id == former.id,
            Draft.user_id.in_(learners),
            ~select(newer.id)
            .where(newer.version_id == version.id, newer.user_id == Draft.user_id, newer.item == Draft.item)
            .exists(),
        )
        .values(version_id=version.id)
    )
    moved = db.session.execute(update(Enrolment).where(moving).values(version_id=version.id))
    return int(moved.rowcount)  # type: ignore[attr-defined]


def withdraw(course: Course, *, by: User, now: datetime) -> None:
    publishing.withdraw(course, now=now)
    audit.record("course_withdrawn", actor_id=by.id, now=now, subject_type="course", subject_id=course.slug)


def offer_again(course: Course, *, by: User, now: datetime) -> None:
    publishing.offer_again(course)
    audit.record("course_offered_again", actor_id=by.id, now=now, subject_type="course", subject_id=course.slug)
