"""For administrators: the queue and the sandbox as the workers last reported them, and the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template, request
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit import AuditEvent
from app.clock import utc_now
from app.db import db
from app.folding import sort_key
from app.grading import waiting
from app.grading.models import Lane, Purpose, State, Submission, WorkerState
from app.insights import acts as words
from app.web import row_number

pages = Blueprint("system", __name__, url_prefix="/staff")
SILENT = timedelta(seconds=20)
PAGE = 100

pages.app_template_filter()(words.act_words)
pages.app_template_filter()(words.subject_words)
pages.app_template_filter()(words.detail_words)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """How many are in each state now, and how long the oldest has waited."""

    waiting: int
    running: int
    quarantined: int
    oldest_at: datetime | None
    graded_today: int


def queue(now: datetime) -> Queue:
    counts = dict(
        db.session.execute(
            select(Submission.state, func.count())
            .where(Submission.state.in_([State.QUEUED, State.RUNNING, State.QUARANTINED]))
            .group_by(Submission.state)
        ).all()
    )
    oldest = db.session.scalar(select(func.min(Submission.submitted_at)).where(Submission.state == State.QUEUED))
    graded = db.session.scalar(
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.state == State.GRADED,
            Submission.lane.in_(list(Lane)),  # every one there is: the index leads over the lane to the day
            Submission.submitted_at > now - timedelta(days=1),
        )
    )
    return Queue(
        waiting=counts.get(State.QUEUED, 0),
        running=counts.get(State.RUNNING, 0),
        quarantined=counts.get(State.QUARANTINED, 0),
        oldest_at=oldest,
        graded_today=graded or 0,
    )


@pages.get("/system")
def health() -> str:
    now = utc_now()
    workers = db.session.scalars(select(WorkerState).order_by(WorkerState.beat_at.desc()).limit(20)).all()
    set_aside = db.session.scalars(
        select(Submission).where(Submission.state == State.QUARANTINED).order_by(Submission.id.desc()).limit(50)
    ).all()
    return render_template(
        "insights/system.html",
        queue=queue(now),
        workers=[(worker, now - worker.beat_at > SILENT) for worker in workers],
        set_aside=set_aside,
        promise_error=waiting.promise_error(),
        now=now,
        PROOF=Purpose.PROOF,
    )


@pages.get("/audit")
def log() -> str:
    """The latest first; narrowed by act and by person. Never counted: it grows for ever."""
    act, who = request.args.get("act", "")[:60], request.args.get("who", type=row_number)
    shown = entries(
        act, who, before=request.args.get("before", type=row_number), after=request.args.get("after", type=row_number)
    )
    return render_template(
        "insights/audit.html",
        shown=shown,
        names=names_of([event.actor_id for event in shown.events]),
        acts=sorted(words.ACTS, key=lambda one: sort_key(words.act_words(one))),
        act=act,
        who=who,
    )


@dataclass(frozen=True, kw_only=True)
class Entries:
    """A hundred entries of the audit log, the latest first, and whether there are older and newer ones."""

    events: Sequence[AuditEvent]
    has_older: bool
    has_newer: bool


def entries(act: str, who: int | None, *, before: int | None = None, after: int | None = None) -> Entries:
    """Those of an act and of a person ("" and None: of all), next to the entry `before` or `after` which they came."""
    query = select(AuditEvent)
    if act:
        query = query.where(AuditEvent.act == act)
    if who:
        query = query.where(AuditEvent.actor_id == who)
    if after is not None:
        found = db.session.scalars(query.where(AuditEvent.id > after).order_by(AuditEvent.id).limit(PAGE + 1)).all()
        return Entries(events=found[:PAGE][::-1], has_older=True, has_newer=len(found) > PAGE)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    found = db.session.scalars(query.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
    return Entries(events=found[:PAGE], has_older=len(found) > PAGE, has_newer=before is not None)


def names_of(ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {id for id in ids if id is not None}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
