"""Writing down what grading found out, each step only as long as the lease is ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from app.db import db
from app.grading import counting, queueing
from app.grading.models import CheckRow, Purpose, State, Submission, Verdict
from app.grading.queueing import Claim
from app.grading.seats import seat_of
from app.notices.telling import tell
from graders import verdict as outcome
from graders.course import model as content

CELLS = "@cells"  # the check row that holds what the cells of a notebook put out
WORTH_TELLING = timedelta(minutes=2)


def record(claim: Claim, event: outcome.Event, *, now: datetime) -> None:
    """One step of `graders.grade`. Raises LeaseLost when the submission is no longer ours."""
    match event:
        case outcome.Started():
            record_start(claim, event)
        case outcome.CellsRun():
            record_cells(claim, event)
        case outcome.CheckResult():
            record_check(claim, event)
        case outcome.Verdict():
            record_verdict(claim, event, now=now)


def record_start(claim: Claim, started: outcome.Started) -> None:
    """How many checks there will be."""
    queueing.held(claim).checks_total = len(started.checks)
    db.session.flush()


def record_check(claim: Claim, result: outcome.CheckResult) -> None:
    """One finished check, shown while the rest goes on. A hidden one moves nothing: when it ended tells what it met."""
    submission = queueing.held(claim)
    _add_row(claim, result.id, outcome.to_json(result))
    submission.checks_done += not result.hidden
    db.session.flush()


def record_cells(claim: Claim, cells: outcome.CellsRun) -> None:
    """What a notebook's cells put out on open data, kept before any hidden input is sent."""
    queueing.held(claim)
    _add_row(claim, CELLS, outcome.to_json(cells))


def _add_row(claim: Claim, id: str, result: dict[str, Any]) -> None:
    row = CheckRow(submission_id=claim.submission_id, lease_token=claim.token, check_id=id, result=result)
    db.session.add(row)
    db.session.flush()


def record_verdict(claim: Claim, verdict: outcome.Verdict, *, now: datetime) -> Verdict:
    """The verdict, what it means for the learner's progress, and the end of the lease: all or nothing, once."""
    return _record(
        claim,
        status=verdict.status.value,
        points=verdict.points,
        max_points=verdict.max_points,
        result=outcome.to_json(verdict),
        phases=verdict.provenance.phases,
        now=now,
    )


def record_proof(claim: Claim, *, proved: bool, report: Mapping[str, Any], now: datetime) -> Verdict:
    """What `graders check` says of a draft."""
    return _record(
        claim, status="passed" if proved else "failed", points=0.0, max_points=0.0, result=dict(report), now=now
    )


def _record(
    claim: Claim,
    *,
    status: str,
    points: float,
    max_points: float,
    result: dict[str, Any],
    phases: outcome.Phases | None = None,
    now: datetime,
) -> Verdict:
    submission = queueing.held(claim)
    if phases is not None:  # the two moments that grading itself cannot know
        phases = replace(phases, queued=submission.submitted_at, recorded=now)
        result["provenance"]["phases"] = outcome.to_json(phases)
    verdict = Verdict(
        submission_id=submission.id,
        supersedes_id=submission.verdict_id,
        lease_token=claim.token,
        status=status,
        points=points,
        max_points=max_points,
        result=result,
        recorded_at=now,
    )
    db.session.add(verdict)
    db.session.flush()
    submission.verdict_id = verdict.id
    submission.state = State.GRADED
    submission.lease_token = submission.lease_until = submission.leased_by = None
    submission.checks_done = submission.checks_total
    db.session.flush()
    db.session.execute(delete(CheckRow).where(CheckRow.submission_id == submission.id))
    if submission.purpose == Purpose.SUBMIT:
        counting.settle(seat_of(submission), item_of(submission), now=now)
        _tell_if_it_waited(submission, verdict, now=now)
    return verdict


def _tell_if_it_waited(submission: Submission, verdict: Verdict, *, now: datetime) -> None:
    """Who had to wait has left the page; a notice brings them back. Not mailed: grading is no news worth a mail."""
    if now - submission.submitted_at < WORTH_TELLING:
        return
    reader = submission.user
    tell(
        reader.id,
        None,
        reader.language,
        "graded",
        {
            "title": item_of(submission).title.get(reader.language),
            "points": verdict.points,
            "most": verdict.max_points,
            "submission": submission.id,
        },
        key=f"graded:{verdict.id}",
        now=now,
    )


def item_of(submission: Submission) -> content.Exercise | content.Quiz:
    """What was handed in to, in the version it was handed in under."""
    item = seat_of(submission).course.item(submission.item)
    if not isinstance(item, content.Exercise | content.Quiz):
        raise LookupError(f"{submission.item} is nothing to hand in")  # a version is immutable: never without damage
    return item
