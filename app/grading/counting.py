"""Of all graded attempts the one that counts, told to learning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.db import db, hold
from app.grading import rules
from app.grading.models import Purpose, State, Submission, Verdict
from app.grading.seats import Seat
from app.learning import progress
from app.learning.rules import is_passed
from graders.course import model as content


def results(seat: Seat, item: str) -> Sequence[rules.Result]:
    """Every graded attempt of `item`, by its verdict in force."""
    rows = db.session.execute(
        seat.submissions(item, Purpose.SUBMIT)
        .join(Verdict, Submission.verdict_id == Verdict.id)
        .where(Submission.state == State.GRADED)
        .with_only_columns(
            Submission.id, Submission.submitted_at, Submission.late, Submission.hint_cost, Verdict.points
        )
    )
    return [
        rules.Result(
            submission_id=row.id,
            submitted_at=row.submitted_at,
            points=rules.after_hints(row.points, row.hint_cost),
            late=row.late,
        )
        for row in rows
    ]


def settle(seat: Seat, item: content.Exercise | content.Quiz, *, now: datetime) -> None:
    """Tell learning which attempt of `item` counts now. Without an enrolment nothing counts.

    All attempts decide it, so two verdicts of one learner at once (one is a rejudge's) wait for each other here.
    """
    if seat.enrolment is None:
        return
    hold(seat.enrolment)
    found = rules.counting(results(seat, item.key), item.counts)
    if found is None:
        return
    progress.record_item(
        seat.enrolment,
        item.key,
        points=found.points,
        max_points=item.max_points,
        done=is_passed(item, found.points),
        late=found.late,
        submission_id=found.submission_id,
        now=now,
    )
