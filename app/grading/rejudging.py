"""Grading again what was handed in: begun as a preview, run in the last lane, then applied or dropped.

A preview goes on from its rows whoever was killed. What was decided is carried out by `app.grading.settling`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.models import User
from app.catalogue import reading
from app.catalogue.models import Course, CourseVersion
from app.db import db, hold
from app.errors import Refused
from app.grading import queueing
from app.grading.models import Lane, Purpose, Rejudge, Rerun, Stage, State, Submission, Verdict, Which
from app.learning.models import Enrolment
from graders.course import model as content

AHEAD = 40  # runs of a preview in the queue at once: claims and pages need not look through a thousand
MOST_REASON = 500


# ---- which


def exercises(course: Course) -> list[tuple[content.Unit, content.Exercise]]:
    """What can be graded again: the exercises of the newest published version."""
    if course.published is None:
        return []
    items = reading.load(course.published).items()
    return [(unit, item) for unit, item in items if isinstance(item, content.Exercise)]


def exercise_of(rejudge: Rejudge) -> content.Exercise:
    """The exercise whose checks a rejudge asks."""
    item = reading.load(rejudge.version).item(rejudge.item)
    assert isinstance(item, content.Exercise)  # a version is immutable
    return item


def _names(course: content.Course, exercise: content.Exercise) -> list[str]:
    """What the exercise is called in this version, and was before."""
    unit = course.unit(exercise.unit_id)
    before = unit.was.get(exercise.id) if unit else None
    return [exercise.key, *([f"{exercise.unit_id}/{before}"] if before else [])]


def _fits(version_id: int, exercise: content.Exercise, names: list[str]) -> bool:
    """Whether points of `exercise` mean the same to a learner of that version."""
    there = reading.load(db.session.get_one(CourseVersion, version_id))
    item = next(filter(None, map(there.item, names)), None)
    return isinstance(item, content.Exercise) and (item.kind, item.max_points) == (exercise.kind, exercise.max_points)


def _order(which: Which) -> list[ColumnElement[Any]]:
    if which is Which.BEST:
        return [(Verdict.points - Submission.hint_cost).desc(), Submission.submitted_at.asc(), Submission.id.asc()]
    return [Submission.submitted_at.desc(), Submission.id.desc()]


def _candidates(course: Course, names: list[str], which: Which) -> Select[tuple[int, int | None, int, int]]:
    """(submission, its verdict, its version's row, place among its learner's) of all that could be graded again.

    What could not be graded for a fault of the checks is among them, unless the best is asked for.
    """
    states = [State.GRADED] if which is Which.BEST else [State.GRADED, State.QUARANTINED]
    place = func.row_number().over(partition_by=Submission.enrolment_id, order_by=_order(which))
    return (
        select(Submission.id, Submission.verdict_id, Enrolment.version_id, place.label("place"))
        .join(Enrolment, Submission.enrolment_id == Enrolment.id)
        .outerjoin(Verdict, Submission.verdict_id == Verdict.id)
        .where(
            Submission.course_id == course.id,
            Submission.item.in_(names),
            Submission.purpose == Purpose.SUBMIT,
            Submission.state.in_(states),
            Enrolment.left_at.is_(None),
        )
    )


# ---- the preview


def begin(course: Course, key: str, which: Which, *, reason: str, by: User, now: datetime) -> Rejudge:
    """Choose the submissions and begin to grade them again under the newest published version.

    Raises Refused: no such exercise there, nothing to grade, no reason, or another rejudge of it is open.
    """
    exercise = next((item for _unit, item in exercises(course) if item.key == key), None)
    if exercise is None or course.published is None:
        raise Refused(_("This exercise is not in the newest published version of the course."), field="item")
    names = _names(reading.load(course.published), exercise)
    found = _candidates(course, names, which).subquery()
    chosen = select(found) if which is Which.ALL else select(found).where(found.c.place == 1)
    chosen_rows = chosen.subquery()
    version, number = chosen_rows.c.version_id, func.count().label("number")
    counts = {row.version_id: row.number for row in db.session.execute(select(version, number).group_by(version))}
    fitting = [id for id in counts if _fits(id, exercise, names)]
    if not fitting:
        raise Refused(
            _("The points of this exercise have changed: nothing handed in under the former version can be compared.")
            if counts
            else _("Nothing was handed in to this exercise yet."),
            field="item",
        )
    rejudge = Rejudge(
        course_id=course.id,
        version=course.published,
        item=key,
        which=which,
        stage=Stage.PREVIEW,
        reason=_given(reason),
        left_out=sum(count for id, count in counts.items() if id not in fitting),
        created_by=by.id,
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(rejudge)
    except IntegrityError:
        raise Refused(_("A preview of this exercise is open. Apply or drop it first."), field="item") from None
    rows = select(literal(rejudge.id), chosen_rows.c.id, chosen_rows.c.verdict_id, literal(False))
    rows = rows.where(version.in_(fitting)).order_by(chosen_rows.c.id)
    db.session.execute(insert(Rerun).from_select(["rejudge_id", "submission_id", "before_id", "taken"], rows))
    _note("rejudge_begun", rejudge, by=by, now=now, which=which, reason=rejudge.reason)
    feed(now=now)
    return rejudge


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Give a reason: it is told to learners whose result changes."), field="reason")
    return reason.strip()[:MOST_REASON]


def is_going() -> bool:
    """Whether there is anything to feed or to settle."""
    going = select(Rejudge.id).where(Rejudge.stage.in_([Stage.PREVIEW, Stage.APPLYING]))
    return db.session.scalar(going.limit(1)) is not None


def feed(*, now: datetime) -> int:
    """Put the next submissions of each preview into the queue, forty at a time; how many."""
    previews = select(Rejudge).where(Rejudge.stage == Stage.PREVIEW).order_by(Rejudge.id)
    fed = 0
    for rejudge in db.session.scalars(previews.with_for_update(skip_locked=True)).all():
        in_queue = db.session.scalar(
            select(func.count())
            .select_from(Rerun)
            .join(Submission, Rerun.run_id == Submission.id)
            .where(Rerun.rejudge_id == rejudge.id, Submission.state.in_([State.QUEUED, State.RUNNING]))
        )
        waiting = (
            select(Rerun)
            .where(Rerun.rejudge_id == rejudge.id, Rerun.run_id.is_(None))
            .options(joinedload(Rerun.submission))
            .order_by(Rerun.id)
            .limit(AHEAD - (in_queue or 0))
        )
        for rerun in db.session.scalars(waiting).all() if (in_queue or 0) < AHEAD else ():
            rerun.run = _run_of(rerun.submission, rejudge, token=f"rerun-{rerun.id}", now=now)
            fed += 1
    db.session.flush()
    return fed


def _run_of(submission: Submission, rejudge: Rejudge, *, token: str, now: datetime) -> Submission:
    """What `submission` is graded again as: a row of the queue of its own, in no enrolment, with the same seed."""
    return Submission(
        user_id=submission.user_id,
        course_id=submission.course_id,
        version_id=rejudge.version_id,
        item=rejudge.item,
        kind=submission.kind,
        purpose=Purpose.REJUDGE,
        form_token=token,
        language=submission.language,
        files=list(submission.files),
        replies={},
        seed=submission.seed,
        late=submission.late,
        hint_cost=submission.hint_cost,
        submitted_at=now,
        state=State.QUEUED,
        lane=Lane.REJUDGE,
    )


def try_again(rejudge: Rejudge) -> int:
    """Put back into the queue what could not be graded in this preview; how many."""
    failed = (
        select(Submission)
        .join(Rerun, Rerun.run_id == Submission.id)
        .where(Rerun.rejudge_id == rejudge.id, Submission.state == State.QUARANTINED)
    )
    runs = db.session.scalars(failed).all() if rejudge.stage == Stage.PREVIEW else []
    for run in runs:
        queueing.put_back(run)
    return len(runs)


def is_finished(rejudge: Rejudge) -> bool:
    """Whether every submission of the preview was graded, or could not be."""
    left = (
        select(Rerun.id)
        .outerjoin(Submission, Rerun.run_id == Submission.id)
        .where(
            Rerun.rejudge_id == rejudge.id,
            Rerun.run_id.is_(None) | Submission.state.in_([State.QUEUED, State.RUNNING]),
        )
    )
    return db.session.scalar(left.limit(1)) is None


# ---- the decision


def drop(rejudge: Rejudge, *, by: User, now: datetime) -> None:
    """End the preview, finished or not; nothing of it comes into force. Raises Refused once it is being applied."""
    hold(rejudge)
    if rejudge.stage == Stage.DROPPED:
        return
    if rejudge.stage != Stage.PREVIEW:
        raise Refused(_("It was applied already."))
    rejudge.stage, rejudge.decided_by, rejudge.decided_at, rejudge.ended_at = Stage.DROPPED, by.id, now, now
    runs = select(Rerun.run_id).where(Rerun.rejudge_id == rejudge.id, Rerun.run_id.is_not(None))
    db.session.execute(
        update(Submission)
        .where(Submission.id.in_(runs), Submission.state == State.QUEUED)
        .values(state=State.REPLACED)
        .execution_options(synchronize_session=False)
    )
    _note("rejudge_dropped", rejudge, by=by, now=now)


def apply(rejudge: Rejudge, *, reason: str, never_lower: bool, by: User, now: datetime) -> None:
    """Decide that the new verdicts count; `settling.settle_some` carries it out. A second time changes nothing.

    Raises Refused while the preview is not finished, and when it was dropped.
    """
    hold(rejudge)
    if rejudge.stage in (Stage.APPLYING, Stage.APPLIED):
        return
    if rejudge.stage == Stage.DROPPED:
        raise Refused(_("It was dropped. Begin a new preview."))
    if not is_finished(rejudge):
        raise Refused(_("The preview is not finished yet."))
    rejudge.stage, rejudge.reason, rejudge.never_lower = Stage.APPLYING, _given(reason), never_lower
    rejudge.decided_by, rejudge.decided_at = by.id, now
    _note("rejudge_applied", rejudge, by=by, now=now, never_lower=never_lower, reason=rejudge.reason)


def _note(act: str, rejudge: Rejudge, *, by: User, now: datetime, **details: Any) -> None:
    db.session.flush()
    audit.record(
        act, actor_id=by.id, now=now, subject_type="rejudge", subject_id=rejudge.id, item=rejudge.item, **details
    )
