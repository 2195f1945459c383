"""What a rejudge found out, for staff: how many went where, the submissions one by one, the old beside the new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import User
from app.catalogue.models import Course
from app.db import db
from app.grading import rules
from app.grading.models import Rejudge, Rerun, State, Submission, Verdict
from app.learning.models import Enrolment

PAGE = 50
LISTED = 20
CHANGES = ("up", "down", "new", "error", "same", "waiting")

_run, _before, _after = aliased(Submission), aliased(Verdict), aliased(Verdict)
_change = case(
    (and_(_after.id.is_(None), _run.state == State.QUARANTINED), "error"),
    (_after.id.is_(None), "waiting"),
    (_before.id.is_(None), "new"),  # it could not be graded before
    (_after.points > _before.points + rules.EQUAL, "up"),
    (_after.points < _before.points - rules.EQUAL, "down"),
    else_="same",
)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many submissions of a rejudge changed how; `certified`: go down and their learner has finished the course."""

    by_change: dict[str, int]
    certified: int
    settled: int
    taken: int

    @property
    def total(self) -> int:
        return sum(self.by_change.values())

    @property
    def done(self) -> int:
        return self.total - self.by_change["waiting"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One submission of a rejudge. Points are what was graded, None where nothing was; `certified` as in `Counts`."""

    rerun_id: int
    submission_id: int
    learner: str
    submitted_at: datetime
    before: float | None
    after: float | None
    most: float | None
    change: str
    certified: bool
    settled: bool
    taken: bool


@dataclass(frozen=True, kw_only=True)
class Former:
    """One line of the list of rejudges of a course."""

    rejudge: Rejudge
    by: str
    submissions: int


def _compared(rejudge: Rejudge, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Rerun)
        .join(Submission, Rerun.submission_id == Submission.id)
        .join(Enrolment, Submission.enrolment_id == Enrolment.id)
        .outerjoin(_run, Rerun.run_id == _run.id)
        .outerjoin(_before, Rerun.before_id == _before.id)
        .outerjoin(_after, _run.verdict_id == _after.id)
        .where(Rerun.rejudge_id == rejudge.id)
    )


def counts(rejudge: Rejudge) -> Counts:
    """One query, however many submissions."""

    def number(true: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((true, 1), else_=0))

    columns = (
        _change.label("change"),
        func.count().label("all"),
        number(Enrolment.completed_at.is_not(None)).label("finished"),
        number(Rerun.settled_at.is_not(None)).label("settled"),
        number(Rerun.taken.is_(True)).label("taken"),
    )
    rows = db.session.execute(_compared(rejudge, *columns).group_by("change")).mappings().all()
    return Counts(
        by_change=dict.fromkeys(CHANGES, 0) | {row["change"]: row["all"] for row in rows},
        certified=sum(row["finished"] for row in rows if row["change"] == "down"),
        settled=sum(row["settled"] for row in rows),
        taken=sum(row["taken"] for row in rows),
    )


def lines(rejudge: Rejudge, change: str, *, page: int) -> Sequence[Line]:
    """Fifty of those that changed so (one of CHANGES, "certified", or "" for all), by name. One query."""
    finished = Enrolment.completed_at.is_not(None)
    query = _compared(
        rejudge,
        Rerun.id,
        Rerun.submission_id,
        User.name,
        Submission.submitted_at,
        _before.points,
        _after.points,
        func.coalesce(_after.max_points, _before.max_points),
        _change,
        and_(finished, _change == "down"),
        Rerun.settled_at.is_not(None),
        Rerun.taken,
    ).join(User, Submission.user_id == User.id)
    if change == "certified":
        query = query.where(_change == "down", finished)
    elif change:
        query = query.where(_change == change)
    query = query.order_by(User.name_folded, Submission.submitted_at, Rerun.id)
    rows = db.session.execute(query.offset((page - 1) * PAGE).limit(PAGE))
    return [Line(**dict(zip(Line.__dataclass_fields__, row, strict=True))) for row in rows]


def rejudge_in(course: Course, id: int) -> Rejudge | None:
    return db.session.scalar(
        select(Rejudge).where(Rejudge.id == id, Rejudge.course_id == course.id).options(joinedload(Rejudge.version))
    )


def names(*ids: int | None) -> dict[int, str]:
    """Of those who decided."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_([id for id in ids if id is not None])))
    return {row.id: row.name for row in rows}


def former(course: Course, *, page: int) -> tuple[Sequence[Former], int]:
    """Twenty rejudges of the course, the latest first, and how many pages of them there are."""
    total = db.session.scalar(select(func.count()).select_from(Rejudge).where(Rejudge.course_id == course.id)) or 0
    count = select(func.count()).select_from(Rerun).where(Rerun.rejudge_id == Rejudge.id).scalar_subquery()
    query = (
        select(Rejudge, User.name, count)
        .join(User, Rejudge.created_by == User.id)
        .where(Rejudge.course_id == course.id)
        .order_by(Rejudge.id.desc())
        .offset((page - 1) * LISTED)
        .limit(LISTED)
    )
    found = [Former(rejudge=row, by=name, submissions=number) for row, name, number in db.session.execute(query)]
    return found, max(1, -(-total // LISTED))


# ---- one submission


def rerun_in(rejudge: Rejudge, id: int) -> Rerun | None:
    """One submission of the rejudge, with both verdicts."""
    return db.session.scalar(
        select(Rerun)
        .where(Rerun.id == id, Rerun.rejudge_id == rejudge.id)
        .options(
            joinedload(Rerun.before),
            joinedload(Rerun.run).joinedload(Submission.verdict),
            joinedload(Rerun.submission).joinedload(Submission.user),
        )
    )


def rerun_of(run_id: int) -> Rerun | None:
    """What the row `run_id` of the queue was made for."""
    return db.session.scalar(
        select(Rerun)
        .where(Rerun.run_id == run_id)
        .options(
            joinedload(Rerun.rejudge), joinedload(Rerun.before), joinedload(Rerun.run).joinedload(Submission.version)
        )
    )


def verdicts(submission: Submission) -> list[tuple[Verdict, Rejudge | None]]:
    """Every verdict that was ever in force, the newest first, with the rejudge that brought it."""
    again = (
        select(_run.verdict_id)
        .join(Rerun, Rerun.run_id == _run.id)
        .where(Rerun.submission_id == submission.id, Rerun.taken)
    )
    own = select(Verdict.id).where(Verdict.submission_id == submission.id)  # apart: PostgreSQL scans all for an OR
    rows = db.session.execute(
        select(Verdict, Rejudge)
        .outerjoin(Rerun, Rerun.run_id == Verdict.submission_id)
        .outerjoin(Rejudge, Rerun.rejudge_id == Rejudge.id)
        .where(Verdict.id.in_(union(own, again)))
        .order_by(func.coalesce(Rejudge.ended_at, Rejudge.decided_at, Verdict.recorded_at).desc(), Verdict.id.desc())
    )
    return [(verdict, rejudge) for verdict, rejudge in rows]


def verdict_of(submission: Submission, id: int) -> Verdict | None:
    """A verdict on `submission`, in force or not, a preview's too."""
    runs = select(Rerun.run_id).where(Rerun.submission_id == submission.id)
    return db.session.scalar(
        select(Verdict).where(
            Verdict.id == id, or_(Verdict.submission_id == submission.id, Verdict.submission_id.in_(runs))
        )
    )
