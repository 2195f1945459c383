"""Taking a course and leaving it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.models import User
from app.catalogue.models import Course
from app.db import db, hold
from app.errors import Refused
from app.learning.models import Cohort, Enrolment


def open_enrolment(user: User, course: Course) -> Enrolment | None:
    """The taking of `course` that `user` is in: the latest one not left, finished or not."""
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.user_id == user.id, Enrolment.course_id == course.id, Enrolment.left_at.is_(None))
        .order_by(Enrolment.enrolled_at.desc())
        .limit(1)
    )


def own_enrolment(user: User, enrolment_id: int) -> Enrolment | None:
    """The enrolment `enrolment_id` if it is `user`'s own, with its course and version."""
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.user_id == user.id)
        .options(joinedload(Enrolment.course), joinedload(Enrolment.version), joinedload(Enrolment.cohort))
    )


def enrol(
    user: User, course: Course, *, cohort: Cohort | None = None, by: User | None = None, now: datetime
) -> Enrolment:
    """Begin a course, alone or in a cohort; again is harmless. Who learns alone and joins a cohort keeps what is done.

    Who left goes on where it was left, with attempts used as they were, unless there is a newer version by now.
    `by`: who does it, if not the learner. Raises Refused when the course is withdrawn or not published, and for who is
    in another cohort: moving is `cohorts.join`, told which is left.
    """
    current = open_enrolment(user, course)
    if current is not None:
        if cohort is not None and current.completed_at is None and current.cohort != cohort:
            if current.cohort is not None:
                raise Refused(
                    _(
                        "Already in the cohort “%(cohort)s” of this course. Confirm the move.",
                        cohort=current.cohort.name,
                    )
                )
            current.cohort = cohort
        return current
    actor_id = (by or user).id
    if not course.is_listed:
        raise Refused(_("This course is not offered at the moment."), status=404)
    if (left := _left(user, course)) is not None:
        left.left_at, left.cohort = None, cohort
        audit.record("enrolled", actor_id=actor_id, now=now, subject_type="enrolment", subject_id=left.id)
        return left
    enrolment = Enrolment(user=user, course=course, version_id=course.published_id, cohort=cohort, enrolled_at=now)
    db.session.add(enrolment)
    db.session.flush()
    audit.record("enrolled", actor_id=actor_id, now=now, subject_type="enrolment", subject_id=enrolment.id)
    return enrolment


def enrol_again(user: User, course: Course, *, now: datetime) -> Enrolment:
    """Begin a finished course anew: another taking, in which nothing is done yet. Whether it may be is the caller's.

    Who is in such a taking already gets that one. Raises Refused as `enrol` does.
    """
    hold(user)
    current = open_enrolment(user, course)
    if current is not None and current.completed_at is None:
        return current
    if not course.is_listed:
        raise Refused(_("This course is not offered at the moment."), status=404)
    enrolment = Enrolment(user=user, course=course, version_id=course.published_id, enrolled_at=now)
    db.session.add(enrolment)
    db.session.flush()
    audit.record("enrolled", actor_id=user.id, now=now, subject_type="enrolment", subject_id=enrolment.id)
    return enrolment


def _left(user: User, course: Course) -> Enrolment | None:
    """The last taking of the published version, if it was left."""
    return db.session.scalar(
        select(Enrolment)
        .where(
            Enrolment.user_id == user.id,
            Enrolment.course_id == course.id,
            Enrolment.version_id == course.published_id,
            Enrolment.left_at.is_not(None),
        )
        .order_by(Enrolment.left_at.desc())
        .limit(1)
    )


def leave(enrolment: Enrolment, *, by: User, now: datetime) -> None:
    """Stop taking a course. What was done stays as history; a finished course cannot be left."""
    if enrolment.completed_at is not None:
        raise Refused(_("You have finished this course; there is nothing to leave."))
    if enrolment.left_at is None:
        enrolment.left_at = now
        audit.record("left_course", actor_id=by.id, now=now, subject_type="enrolment", subject_id=enrolment.id)
