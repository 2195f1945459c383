"""What pages of instructors ask: which cohorts are theirs, how big they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.catalogue.models import Course
from app.db import db
from app.learning.models import Cohort, Enrolment


@dataclass(frozen=True, kw_only=True)
class CohortCard:
    cohort: Cohort
    learners: int
    finished: int


def cohorts_of(slugs: set[str] | None) -> list[CohortCard]:
    """Cohorts of these courses (None: of all), open ones first, the latest first. One query."""
    counted = (
        select(
            Enrolment.cohort_id,
            func.count().label("learners"),
            func.count(Enrolment.completed_at).label("finished"),
        )
        .where(Enrolment.left_at.is_(None), Enrolment.cohort_id.is_not(None))
        .group_by(Enrolment.cohort_id)
        .subquery()
    )
    query = (
        select(Cohort, counted.c.learners, counted.c.finished)
        .outerjoin(counted, counted.c.cohort_id == Cohort.id)
        .join(Course, Course.id == Cohort.course_id)
        .options(joinedload(Cohort.course))
        .order_by(Cohort.closed_at.is_not(None), Cohort.starts_on.desc(), Cohort.id.desc())
    )
    if slugs is not None:
        query = query.where(Course.slug.in_(slugs))
    return [
        CohortCard(cohort=cohort, learners=learners or 0, finished=finished or 0)
        for cohort, learners, finished in db.session.execute(query)
    ]
