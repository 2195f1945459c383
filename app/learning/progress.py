"""How far an enrolment got: read for pages, written by lessons and by grading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.models import User
from app.catalogue import reading
from app.db import db, hold
from app.learning import rules
from app.learning.models import Enrolment, ItemProgress
from app.learning.rules import Progress, Standing
from graders.course import model as content


@dataclass(frozen=True, kw_only=True)
class CourseProgress:
    """One card of a dashboard: an enrolment with its content and where it stands."""

    enrolment: Enrolment
    course: content.Course
    progress: Progress
    last_at: datetime  # when something was last done, or the enrolment

    @property
    def next_item(self) -> content.Item | None:
        key = self.progress.next_item
        return self.course.item(key) if key else None


def rows_by_item(enrolment: Enrolment) -> dict[str, ItemProgress]:
    rows = db.session.scalars(select(ItemProgress).where(ItemProgress.enrolment_id == enrolment.id))
    return {row.item: row for row in rows}


def standing_of(row: ItemProgress) -> Standing:
    """What counts of a row: points set by an instructor outrank graded ones."""
    points = row.set_points if row.set_points is not None else row.points
    return Standing(points=points, done=row.done_at is not None, excused=row.excused_at is not None)


def standing_by_item(enrolment: Enrolment) -> dict[str, Standing]:
    return {item: standing_of(row) for item, row in rows_by_item(enrolment).items()}


def progress_of(enrolment: Enrolment) -> Progress:
    return rules.measure(
        reading.load(enrolment.version), standing_by_item(enrolment), attended=enrolment.attended_at is not None
    )


def overview(user: User) -> list[CourseProgress]:
    """Every course `user` takes or finished, the one touched last first. Two queries, however many courses."""
    enrolments = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.user_id == user.id, Enrolment.left_at.is_(None))
        .options(joinedload(Enrolment.version), joinedload(Enrolment.course), joinedload(Enrolment.cohort))
    ).all()
    return sorted(overview_of(enrolments), key=lambda card: card.last_at, reverse=True)


def overview_of(enrolments: Sequence[Enrolment]) -> list[CourseProgress]:
    """The same cards for given enrolments, in their order; one query for all their items."""
    rows = db.session.scalars(select(ItemProgress).where(ItemProgress.enrolment_id.in_([e.id for e in enrolments])))
    by_enrolment: dict[int, list[ItemProgress]] = {}
    for row in rows:
        by_enrolment.setdefault(row.enrolment_id, []).append(row)
    cards = []
    for enrolment in enrolments:
        own = by_enrolment.get(enrolment.id, [])
        course = reading.load(enrolment.version)
        cards.append(
            CourseProgress(
                enrolment=enrolment,
                course=course,
                progress=rules.measure(
                    course,
                    {row.item: standing_of(row) for row in own},
                    attended=enrolment.attended_at is not None,
                ),
                last_at=max([enrolment.enrolled_at, *(row.done_at or row.opened_at for row in own)]),
            )
        )
    return cards


def item_row(enrolment: Enrolment, item: str, *, now: datetime) -> ItemProgress:
    """The row of `item`, made when there is none yet; the enrolment is held, for what is written may complete it."""
    hold(enrolment)
    row = db.session.scalar(
        select(ItemProgress).where(ItemProgress.enrolment_id == enrolment.id, ItemProgress.item == item)
    )
    if row is None:
        row = ItemProgress(enrolment=enrolment, item=item, opened_at=now)
        db.session.add(row)
        db.session.flush()
    return row


def finish_lesson(enrolment: Enrolment, item: str, *, now: datetime) -> None:
    """The learner says the lesson is read."""
    row = item_row(enrolment, item, now=now)
    row.done_at = row.done_at or now
    settle(enrolment, now=now)


def record_item(
    enrolment: Enrolment,
    item: str,
    *,
    points: float,
    max_points: float,
    done: bool,
    late: bool,
    submission_id: int,
    now: datetime,
) -> None:
    """What grading says of an item: the counting submission and its points. Done stays done."""
    row = item_row(enrolment, item, now=now)
    row.points, row.max_points, row.late, row.counting_submission_id = points, max_points, late, submission_id
    if done and row.done_at is None:
        row.done_at = now
    settle(enrolment, now=now)


def attend(enrolment: Enrolment, has_attended: bool, *, now: datetime) -> None:
    """What training says: enough was attended in person, or not. A finished course keeps what it was finished by."""
    hold(enrolment)
    if has_attended:
        enrolment.attended_at = enrolment.attended_at or now
        settle(enrolment, now=now)
    elif enrolment.completed_at is None:
        enrolment.attended_at = None


def settle(enrolment: Enrolment, *, now: datetime) -> None:
    """Complete the enrolment if its course's rule is met. Set once: a later lower result takes nothing back."""
    if enrolment.completed_at is not None:
        return
    db.session.flush()
    progress = progress_of(enrolment)
    if progress.finished:
        enrolment.completed_at = now
        enrolment.score = progress.score
        audit.record(
            "completed", actor_id=enrolment.user_id, now=now, subject_type="enrolment", subject_id=enrolment.id
        )
