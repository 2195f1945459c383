"""For administrators: the queue and the sandbox as the workers last reported them, and the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, render_template, request
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app import audit
from app.clock import in_baku, utc_now
from app.curricula.reminding import rounding
from app.db import db
from app.folding import sort_key
from app.grading import waiting
from app.grading.models import Lane, Purpose, State, Submission, WorkerState
from app.insights import acts as words
from app.insights import logbook
from app.insights.logbook import Chosen
from app.learning.exporting import csv_text
from app.notices import workdays
from app.web import row_number

pages = Blueprint("system", __name__, url_prefix="/staff")
SILENT = timedelta(seconds=20)
ANNOUNCED_BEFORE = timedelta(days=45)  # before the year begins one looks for the Cabinet's decision

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
        head=audit.head(),
        is_sealed=not audit.has_unsealed(),
        unknown_days=_unknown_days(in_baku(now).date()),
        last_round=rounding.last_ended(),
        now=now,
        PROOF=Purpose.PROOF,
    )


def _unknown_days(day: date) -> list[int]:
    """The years whose feasts nobody has entered: this one, and the next from December on, when they are announced."""
    calendar = workdays.calendar(day)
    return [year for year in sorted({day.year, (day + ANNOUNCED_BEFORE).year}) if calendar.missing(year)]


@pages.get("/audit")
def log() -> str:
    """The latest first, narrowed by what is chosen."""
    chosen = chosen_of(request.args)
    shown = logbook.entries(
        chosen, before=request.args.get("before", type=row_number), after=request.args.get("after", type=row_number)
    )
    return render_template(
        "insights/audit.html",
        shown=shown,
        names=logbook.names_of({chosen.who, *(event.actor_id for event in shown.events)}),
        acts=sorted(words.ACTS, key=lambda one: sort_key(words.act_words(one))),
        subjects=sorted(words.SUBJECTS, key=lambda one: sort_key(words.subject_words(one))),
        chosen=chosen,
        fields=chosen.as_fields(),
    )


@pages.post("/audit.csv")
def export_log() -> Response:
    """What is chosen, as a file. A POST, since an export is written into the log itself."""
    chosen = chosen_of(request.form)
    text = csv_text(logbook.table(chosen))
    audit.record("audit_exported", actor_id=current_user.id, now=utc_now(), filter=said_of(chosen))
    db.session.commit()
    response = Response(text, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def chosen_of(given: MultiDict[str, str]) -> Chosen:
    return Chosen(
        act=given.get("act", "")[:60],
        who=given.get("who", type=row_number),
        person=given.get("person", "").strip()[:100],
        subject=given.get("subject", "")[:40],
        subject_id=given.get("subject_id", "").strip()[:64],
        first=given.get("first", type=day_typed),
        last=given.get("last", type=day_typed),
    )


def day_typed(typed: str) -> date:
    """Raises ValueError, also for the last days there are: one more could not be counted."""
    day = date.fromisoformat(typed)
    if not 1900 <= day.year <= 9000:
        raise ValueError(typed)
    return day


def said_of(chosen: Chosen) -> str:
    """The choice as it is kept in the log, where no name may stand."""
    return ", ".join(f"{name}: {'…' if name == 'person' else value}" for name, value in chosen.as_fields().items())
