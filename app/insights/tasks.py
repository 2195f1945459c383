"""What is asked of one person, as a list of tasks: by when, how long it takes, why, by whom, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.catalogue.models import Course
from app.clock import in_baku
from app.credentials.models import Certificate
from app.curricula.models import Decision, DueExtension, Evidence, Obligation, Period, RequirementVersion
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.db import db
from app.insights.histories import Cause, causes, certificates_of
from app.insights.listing import Line, line
from app.insights.viewing import versions_on
from app.learning.models import Enrolment

FINISHED = (Status.VALID, Status.EXEMPT)
WAITING = (Status.FUTURE, Status.SUSPENDED)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A course of a task and what to do with it: "start", "continue", "again" (a renewal), or "" when it is done."""

    course: Course
    enrolment: Enrolment | None
    act: str


@dataclass(frozen=True, kw_only=True)
class Task:
    line: Line
    number: int  # of the period: 0 is the first taking
    titles: dict[str, Any]
    reasons: dict[str, Any]
    organisation: str
    causes: Sequence[Cause]
    steps: Sequence[Step]
    asks_any: bool  # not all of the steps are needed
    wanted_on: date | None  # until when more time was asked for, unanswered
    evidence_waits: bool
    may_ask_time: bool
    certificates: Sequence[Certificate]

    @property
    def hours(self) -> int:
        return sum(step.course.hours for step in self.steps)

    @property
    def next_step(self) -> Step | None:
        """The course begun already, else the first that is not done."""
        left = [step for step in self.steps if step.act]
        return next((step for step in left if step.act == "continue"), left[0] if left else None)


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """`open`: to be done, the most urgent first; `later`: not begun or paused; `finished`: valid, or exempt."""

    open: Sequence[Task]
    later: Sequence[Task]
    finished: Sequence[Task]

    @property
    def any(self) -> bool:
        return bool(self.open or self.later or self.finished)


def tasks_of(user: User, *, now: datetime) -> Tasks:
    """What anybody asks of `user` today. A fixed number of queries, however much that is."""
    today = in_baku(now).date()
    rows = db.session.execute(obligations_on(today).where(Obligation.user_id == user.id)).all()
    rows = [row for row in rows if row.status != Status.ARCHIVED]
    if not rows:
        return Tasks(open=[], later=[], finished=[])
    versions = versions_on(today, requirements=[row.requirement_id for row in rows])
    courses = _courses(versions.values())
    enrolments = _enrolments(user, courses)
    why = causes([row.obligation_id for row in rows], today, ended=False)
    periods = [row.period_id for row in rows]
    wanted = {one.period_id: one.wanted_on for one in _waiting(DueExtension, periods)}
    handed_in = {one.period_id for one in _waiting(Evidence, periods)}
    organisations = {
        one.id: one.name
        for one in db.session.scalars(
            select(Organisation).where(Organisation.id.in_({row.organisation_id for row in rows}))
        )
    }
    done_ids = [row.completed_period_id for row in rows if row.completed_period_id]
    done = db.session.scalars(select(Period).where(Period.id.in_(done_ids))).all()
    certificates = certificates_of(done)
    found = []
    for row in rows:
        version, one = versions[row.requirement_id], line(today, row)
        is_done = one.status in FINISHED
        found.append(
            Task(
                line=one,
                number=row.number,
                titles=version.titles,
                reasons=version.reasons,
                organisation=organisations[row.organisation_id],
                causes=why.get(row.obligation_id, []),
                steps=[] if is_done else _steps(version, row, courses, enrolments),
                asks_any=any(part["need"] == "any" for part in version.parts),
                wanted_on=wanted.get(row.period_id),
                evidence_waits=row.period_id in handed_in,
                may_ask_time=row.due_on is not None
                and row.period_id not in wanted
                and one.status in (Status.PENDING, Status.IN_PROGRESS, Status.OVERDUE, Status.WINDOW_OPEN),
                certificates=certificates.get(row.completed_period_id or 0, []),
            )
        )
    found.sort(key=lambda task: (task.line.light, task.line.until or date.max, task.line.requirement_id))
    return Tasks(
        open=[task for task in found if task.line.status not in (*FINISHED, *WAITING)],
        later=[task for task in found if task.line.status in WAITING],
        finished=[task for task in found if task.line.status in FINISHED],
    )


def _waiting(table: Any, periods: Sequence[int]) -> Sequence[Any]:
    return db.session.scalars(
        select(table).where(table.period_id.in_(periods), table.decision == Decision.WAITING)
    ).all()


def _courses(versions: Any) -> dict[str, Course]:
    slugs = {slug for version in versions for part in version.parts for slug in part["courses"]}
    return {one.slug: one for one in db.session.scalars(select(Course).where(Course.slug.in_(slugs)))}


def _enrolments(user: User, courses: dict[str, Course]) -> dict[int, Enrolment]:
    """The newest taking of each course, by course id."""
    rows = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.user_id == user.id,
            Enrolment.course_id.in_([one.id for one in courses.values()]),
            Enrolment.left_at.is_(None),
        )
        .order_by(Enrolment.enrolled_at, Enrolment.id)
    )
    return {one.course_id: one for one in rows}


def _steps(
    version: RequirementVersion, row: Any, courses: dict[str, Course], enrolments: dict[int, Enrolment]
) -> list[Step]:
    found = []
    for slug in dict.fromkeys(slug for part in version.parts for slug in part["courses"]):
        course = courses.get(slug)
        if course is None:
            continue
        taking = enrolments.get(course.id)
        found.append(Step(course=course, enrolment=taking, act=_act(taking, row, version.look_back_days)))
    return found


def _act(taking: Enrolment | None, row: Any, look_back_days: int) -> str:
    if taking is None:
        return "start"
    if taking.completed_at is None:
        return "continue"
    back = look_back_days if row.number == 0 else 0
    return "" if (in_baku(taking.completed_at).date() - row.start_on).days >= -back else "again"
