"""What was handed in before: lists and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.blobs import Blobs
from app.db import db
from app.grading import rules
from app.grading.models import OF_LEARNERS, Purpose, State, Submission, Verdict
from app.grading.seats import Seat

LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the history. `points` are after hints, None where nothing was judged."""

    id: int
    purpose: str
    state: str
    submitted_at: datetime
    late: bool
    outcome: str
    points: float | None
    max_points: float | None


def entries(seat: Seat, item: str, *purposes: Purpose) -> Sequence[Entry]:
    """The latest fifty rows of `item`, newest first. One query, without what the verdicts say."""
    rows = db.session.execute(
        seat.submissions(item, *purposes)
        .outerjoin(Verdict, Submission.verdict_id == Verdict.id)
        .where(Submission.state != State.REPLACED)
        .with_only_columns(
            Submission.id,
            Submission.purpose,
            Submission.state,
            Submission.submitted_at,
            Submission.late,
            Submission.hint_cost,
            Verdict.status,
            Verdict.points,
            Verdict.max_points,
        )
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(LISTED)
    )
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    judged = row.status is not None and row.purpose != Purpose.RUN
    cost = row.hint_cost if row.purpose == Purpose.SUBMIT else 0.0
    return Entry(
        id=row.id,
        purpose=row.purpose,
        state=row.state,
        submitted_at=row.submitted_at,
        late=row.late,
        outcome=row.status or "",
        points=rules.after_hints(row.points, cost) if judged else None,
        max_points=row.max_points if judged else None,
    )


def latest(seat: Seat, item: str) -> Submission | None:
    """What was handed in, checked or run last and not replaced."""
    return db.session.scalar(
        seat.submissions(item)
        .where(Submission.state != State.REPLACED)
        .options(joinedload(Submission.verdict), joinedload(Submission.version))
        .order_by(Submission.id.desc())
        .limit(1)
    )


def own_submission(user: User, id: int) -> Submission | None:
    """The submission `id` if it is `user`'s own, with its verdict."""
    return db.session.scalar(
        select(Submission)
        .where(Submission.id == id, Submission.user_id == user.id, Submission.purpose.in_(OF_LEARNERS))
        .options(joinedload(Submission.verdict), joinedload(Submission.version), joinedload(Submission.enrolment))
    )


def any_submission(id: int) -> Submission | None:
    """For staff. A proof of a draft is no submission of an item, nor is what was graded again: both have own pages."""
    return db.session.scalar(
        select(Submission)
        .where(Submission.id == id, Submission.purpose.in_(OF_LEARNERS))
        .options(
            joinedload(Submission.user),
            joinedload(Submission.verdict),
            joinedload(Submission.version),
            joinedload(Submission.enrolment),
        )
    )


def files_of(submission: Submission, blobs: Blobs) -> dict[str, bytes]:
    """The files handed in, by name."""
    return {file["name"]: blobs.get(file["sha256"]) for file in submission.files}
