"""Everybody of a cohort against every graded item: two queries and the course, however many cells."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.catalogue import reading
from app.db import db
from app.learning import rules
from app.learning.cohorts import in_cohort
from app.learning.models import Cohort, Enrolment, ItemProgress
from app.learning.progress import standing_of
from app.learning.rules import Progress, Standing
from graders.course import model as content

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What counts of one learner and item. `submission_id`: the one that counted, None where nothing was handed in."""

    standing: Standing
    late: bool
    is_set: bool
    submission_id: int | None


@dataclass(frozen=True, kw_only=True)
class Line:
    enrolment: Enrolment
    cells: dict[str, Cell]  # by item key
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Gradebook:
    """`items` are the graded items in the course's order; `lines` one page of learners by name, `total` all of them."""

    course: content.Course
    items: list[content.Item]
    lines: list[Line]
    total: int


def gradebook(cohort: Cohort, *, search: str = "", page: int | None = 1) -> Gradebook:
    """One page of the cohort (`page` None: everybody, for an export), by folded name; `search` is folded."""
    assert cohort.course.published is not None
    course = reading.load(cohort.course.published)
    wanted = select(Enrolment).join(User, User.id == Enrolment.user_id).where(in_cohort(cohort))
    if search:
        wanted = wanted.where(User.name_folded.contains(search, autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    ordered = wanted.order_by(User.name_folded, User.id).options(
        joinedload(Enrolment.user), joinedload(Enrolment.version), joinedload(Enrolment.course)
    )
    if page is not None:
        ordered = ordered.limit(PAGE).offset((page - 1) * PAGE)
    enrolments = db.session.scalars(ordered).all()
    rows: dict[int, list[ItemProgress]] = {enrolment.id: [] for enrolment in enrolments}
    for row in db.session.scalars(select(ItemProgress).where(ItemProgress.enrolment_id.in_(rows))):
        rows[row.enrolment_id].append(row)
    return Gradebook(
        course=course,
        items=[item for _, item in course.items() if item.max_points],
        lines=[_line(enrolment, rows[enrolment.id]) for enrolment in enrolments],
        total=total,
    )


def _line(enrolment: Enrolment, rows: list[ItemProgress]) -> Line:
    cells = {
        row.item: Cell(
            standing=standing_of(row),
            late=row.late,
            is_set=row.set_points is not None,
            submission_id=row.counting_submission_id,
        )
        for row in rows
    }
    course = reading.load(enrolment.version)
    standings = {item: cell.standing for item, cell in cells.items()}
    progress = rules.measure(course, standings, attended=enrolment.attended_at is not None)
    return Line(enrolment=enrolment, cells=cells, progress=progress)
