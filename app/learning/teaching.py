"""What pages of instructors ask: which cohorts are theirs, how big they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.catalogue.models import Course
from app.db import db
from app.learning.models import Cohort, Enrolment

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class CohortCard:
    cohort: Cohort
    learners: int
    finished: int


def cohorts_of(slugs: set[str] | None, *, page: int = 1) -> tuple[list[CohortCard], int]:
    """Fifty cohorts of these courses (None: of all), open ones first, the latest first, and how many there are.

    Three queries; of former years' cohorts nothing is counted but themselves.
    """
    query = select(Cohort).join(Course, Course.id == Cohort.course_id)
    if slugs is not None:
        query = query.where(Course.slug.in_(slugs))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    shown = db.session.scalars(
        query.options(joinedload(Cohort.course))
        .order_by(Cohort.closed_at.is_not(None), Cohort.starts_on.desc(), Cohort.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    counted = (
        select(Enrolment.cohort_id, func.count(), func.count(Enrolment.completed_at))
        .where(Enrolment.cohort_id.in_([cohort.id for cohort in shown]), Enrolment.left_at.is_(None))
        .group_by(Enrolment.cohort_id)
    )
    sizes = {id: (learners, finished) for id, learners, finished in db.session.execute(counted)}
    cards = []
    for cohort in shown:
        learners, finished = sizes.get(cohort.id, (0, 0))
        cards.append(CohortCard(cohort=cohort, learners=learners, finished=finished))
    return cards, total
