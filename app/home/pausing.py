"""What is not as usual: grading is paused, a disk is nearly full. Staff are also told why, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.permissions import roles
from app.blobs import Blobs, SharedAway
from app.db import db
from app.grading.models import State, Submission, WorkerState

SILENT = timedelta(seconds=30)


def grading_is_paused(now: datetime) -> bool:
    """No worker has said lately that it grades."""
    query = select(WorkerState.id).where(WorkerState.grading, WorkerState.beat_at > now - SILENT)
    return db.session.scalar(query.limit(1)) is None


def sentence(user: User, now: datetime) -> str | None:
    """What `user` is told while nothing is graded."""
    if not grading_is_paused(now):
        return None
    said = gettext(
        "Grading is paused. Lessons and quizzes work as usual; what you hand in is kept and graded as soon as possible."
    )
    if not roles(user):
        return said
    waiting = db.session.scalar(select(func.count()).where(Submission.state == State.QUEUED)) or 0
    return f"{said} {why(now)} " + gettext("Waiting now: %(waiting)s. Nobody needs to hand in again.", waiting=waiting)


def why(now: datetime) -> str:
    """In the reader's language: what the workers say of themselves in English, when it is one of the usual things."""
    living = db.session.scalars(select(WorkerState).where(WorkerState.beat_at > now - SILENT)).all()
    reasons = [str(state.report.get("reason", "")) for state in living]
    if not reasons:
        return gettext("No worker is running: start it with ./run, or python -m app.worker.")
    usual = (
        (
            "did not answer",
            gettext("The Docker engine does not answer; restart it if this lasts."),
        ),
        ("no Docker engine is running", gettext("The Docker engine has stopped: start it again.")),
        ("cannot be reached", gettext("The Docker engine has stopped: start it again.")),
        ("may not use it", gettext("Docker runs, but the worker's user may not use it.")),
        ("is starting", gettext("The worker is starting.")),
        ("was stopped", gettext("The worker was stopped: start it with ./run, or python -m app.worker.")),
    )
    reason = reasons[0]
    return next(
        (text for sign, text in usual if sign in reason), gettext("The worker says: %(reason)s.", reason=reason)
    )


def disk_sentence(user: User, blobs: Blobs, now: datetime) -> str | None:
    """What staff are told while a disk is nearly full, here or at a worker; who hands in is told then."""
    full = _full_disks(blobs, now) if roles(user) else ()
    if not full:
        return None
    return gettext(
        "The disk is nearly full (%(where)s). Nothing can be handed in and no course uploaded until there is room; "
        "what waits is graded as far as possible.",
        where=", ".join(full),
    )


def _full_disks(blobs: Blobs, now: datetime) -> Sequence[str]:
    found = []
    try:
        if not blobs.has_room():
            found.append(gettext("at the site"))
    except SharedAway:
        found.append(gettext("the shared folder is away"))
    living = db.session.scalars(select(WorkerState).where(WorkerState.beat_at > now - SILENT)).all()
    return found + [state.name for state in living if int(state.report.get("free_MiB", 1 << 40)) << 20 < blobs.reserve]
