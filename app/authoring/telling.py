"""Who is told that a course is offered in another version, and what of it they are told.

Whoever goes on with the new version by itself has nothing to do and hears nothing; nor does anybody of a version in
which only words have changed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.authoring import comparing
from app.catalogue import reading
from app.catalogue.models import CourseVersion
from app.curricula.reminding import courses
from app.db import db
from app.learning.models import Enrolment
from app.notices.confirming import Params
from app.notices.telling import Mail, tell_many
from graders.course import model as content
from graders.course.errors import CourseErrors


def tell_changed(
    former: CourseVersion, version: CourseVersion, before: content.Course, after: content.Course, *, now: datetime
) -> None:
    """In place of `former` another version is published, with other items or points.

    Who is in `former` finishes it, and hears once what that means; who answers for people of whom the course is asked
    hears of every version what they are in for.
    """
    said = {**comparing.difference(before, after), "titles": dict(after.title)}
    learning = select(Enrolment).where(
        Enrolment.version_id == former.id, Enrolment.left_at.is_(None), Enrolment.completed_at.is_(None)
    )
    mails = []
    for enrolment in db.session.scalars(learning.options(joinedload(Enrolment.user))):
        user = enrolment.user
        params = said | {"name": user.name, "enrolment_id": enrolment.id, "in_cohort": enrolment.cohort_id is not None}
        key = f"course_changed:{enrolment.id}:{former.id}"
        mails.append(Mail(recipient_id=user.id, address=user.address, language=user.language, params=params, key=key))
    tell_many("course_changed", mails, now=now)
    courses.tell_leaders(version, said, now=now)


def course_changed(_recipient: int, params: Params, _now: datetime) -> Params | None:
    """As it is when the mail goes out: they are still in a version unlike the one that is published by then."""
    enrolment = db.session.get(Enrolment, params["enrolment_id"])
    if enrolment is None or enrolment.left_at is not None or enrolment.completed_at is not None:
        return None
    published = enrolment.course.published
    if published is None or published.id == enrolment.version_id or not enrolment.course.is_listed:
        return None
    try:
        before, after = reading.load(enrolment.version), reading.load(published)
    except CourseErrors:  # damaged by hand
        return params
    if comparing.same_shape(before, after):
        return None
    return {**params, **comparing.difference(before, after), "titles": dict(after.title)}


LOOKS = {"course_changed": course_changed}
