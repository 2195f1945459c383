"""What a page says of a submission: read from its rows, cut down to what its reader may see."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select

from app.clock import utc_now
from app.db import db
from app.grading import beating, comparing, models, rules, waiting
from app.grading.models import CheckRow, Purpose, State, Submission
from app.grading.recording import CELLS, item_of
from graders.course import model as content
from graders.feedback import Shown, shown_checks
from graders.verdict import CellsRun, CheckResult, Output, Provenance, Ran, Verdict, from_json

PHASES = ("queued", "started", "ran", "checked", "recorded")


@dataclass(frozen=True, kw_only=True)
class Again:
    """Why a submission was graded again, and what its points were before (None: it could not be graded)."""

    reason: str
    at: datetime
    before: float | None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a verdict came from: `made` says by what, `phases` when: (name, moment, seconds since the one before)."""

    made: Provenance
    phases: Sequence[tuple[str, datetime, float | None]]
    version: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """A submission as its reader sees it. `points` are after hints, None while nothing is judged.

    `again_after`: seconds until a page should ask again, None when there is nothing more to come.
    """

    submission: Submission
    state: State
    checks: Sequence[Shown] = ()
    cells: Sequence[Ran] = ()
    outcome: str = ""  # passed | partly | failed | ran
    points: float | None = None
    max_points: float = 0.0
    place: waiting.Place | None = None
    again_after: float | None = None
    flags: Sequence[str] = ()
    again: Again | None = None

    @property
    def first_failing(self) -> str | None:
        return next((check.id for check in self.checks if check.status not in ("passed", "waiting", "not_run")), None)

    @property
    def passed(self) -> int:
        return sum(check.status == "passed" for check in self.checks)

    @property
    def hidden_waiting(self) -> bool:
        """Hidden checks are being looked at; they appear together."""
        return self.state is State.RUNNING and len(self.checks) < self.submission.checks_total

    def outputs_of(self, cell: str) -> Ran | None:
        return next((ran for ran in self.cells if ran.id == cell), None)


def report_for_learner(submission: Submission) -> Report:
    """What the learner may see now: `graders.feedback` decides."""
    return _report(submission, in_full=False)


def report_for_staff(submission: Submission, verdict: models.Verdict | None = None) -> Report:
    """Everything, hidden checks too; by a `verdict` that is not in force, when one is given."""
    if verdict is not None:
        return _graded(submission, verdict, in_full=True)
    return _report(submission, in_full=True)


def _report(submission: Submission, *, in_full: bool) -> Report:
    state = State(submission.state)
    if state is State.GRADED and submission.verdict is not None:
        return _graded(submission, submission.verdict, in_full=in_full)
    if state is State.RUNNING:
        results, cells = _so_far(submission)
        return Report(
            submission=submission,
            state=state,
            checks=_checks(submission, results, done=False, in_full=in_full),
            cells=cells,
            again_after=rules.ask_again_after(_waited(submission)),
        )
    if state is State.QUEUED:
        place = waiting.place_of(submission, slots=beating.slots(now=utc_now()), now=utc_now())
        again_after = rules.ask_again_after(_waited(submission), place.seconds)
        return Report(submission=submission, state=state, place=place, again_after=again_after)
    return Report(submission=submission, state=state)


def _waited(submission: Submission) -> float:
    return (utc_now() - submission.submitted_at).total_seconds()


def _graded(submission: Submission, row: models.Verdict, *, in_full: bool) -> Report:
    verdict = from_json(Verdict, row.result)
    judged = submission.purpose != Purpose.RUN
    counts = submission.purpose == Purpose.SUBMIT
    rerun = comparing.rerun_of(row.submission_id) if row.submission_id != submission.id else None
    under = rerun.run if rerun is not None and rerun.run is not None else submission
    return Report(
        submission=submission,
        state=State.GRADED,
        checks=_checks(under, verdict.checks, done=True, in_full=in_full),
        cells=verdict.cells,
        outcome=verdict.status.value,
        points=rules.after_hints(verdict.points, submission.hint_cost if counts else 0) if judged else None,
        max_points=verdict.max_points,
        flags=verdict.flags if in_full else (),
        again=_again(submission, rerun) if rerun is not None else None,
    )


def _again(submission: Submission, rerun: models.Rerun) -> Again:
    before = rerun.before
    return Again(
        reason=rerun.rejudge.reason,
        at=rerun.settled_at or rerun.rejudge.created_at,
        before=rules.after_hints(before.points, submission.hint_cost) if before is not None else None,
    )


def origin_of(verdict: models.Verdict) -> Origin | None:
    """Where a verdict came from, for staff; None for that of a quiz, which nothing ran."""
    if "provenance" not in verdict.result:
        return None
    run = db.session.get_one(Submission, verdict.submission_id)
    made = from_json(Provenance, verdict.result["provenance"])
    moments = (made.phases.queued, made.phases.started, made.phases.ran, made.phases.checked, made.phases.recorded)
    known = [(name, at) for name, at in zip(PHASES, moments, strict=True) if at is not None]
    since = [None, *((at - before).total_seconds() for (_n, before), (_m, at) in pairwise(known))]
    phases = [(name, at, seconds) for (name, at), seconds in zip(known, since, strict=True)]
    return Origin(made=made, phases=phases, version=run.version.digest)


def _checks(submission: Submission, results: Sequence[CheckResult], *, done: bool, in_full: bool) -> Sequence[Shown]:
    if in_full:
        return [everything(result) for result in results]
    item = item_of(submission)
    order = [check.id for check in item.checks] if isinstance(item, content.Exercise) else []
    return shown_checks(results, order=order, done=done)


def checks_for_staff(verdict: models.Verdict) -> list[Shown]:
    """Every check of a verdict, in force or not."""
    return [everything(result) for result in from_json(Verdict, verdict.result).checks]


def everything(result: CheckResult) -> Shown:
    """For staff only: a check with all that it saw."""
    return Shown(
        id=result.id,
        title=result.title,
        points=result.points,
        earned=result.earned,
        status=result.status.value,
        hidden=result.hidden,
        hint=result.hint,
        seconds=result.seconds,
        feedback=result.feedback,
    )


def _so_far(submission: Submission) -> tuple[list[CheckResult], Sequence[Ran]]:
    """What the run that holds the lease has finished."""
    rows = db.session.scalars(
        select(CheckRow)
        .where(CheckRow.submission_id == submission.id, CheckRow.lease_token == submission.lease_token)
        .order_by(CheckRow.id)
    ).all()
    cells = next((from_json(CellsRun, row.result).cells for row in rows if row.check_id == CELLS), ())
    return [from_json(CheckResult, row.result) for row in rows if row.check_id != CELLS], cells


def picture_of_check(report: Report, check: str, number: int) -> bytes | None:
    """The PNG of plot `number` (0 is the first) of a check that the report's reader may see."""
    plots = next((shown.feedback.plots for shown in report.checks if shown.id == check), ())
    return base64.b64decode(plots[number]) if number < len(plots) else None


def picture_of_cell(report: Report, cell: str, number: int) -> bytes | None:
    """The PNG of output `number` of a cell."""
    ran = report.outputs_of(cell)
    outputs: Sequence[Output] = ran.outputs if ran else ()
    return base64.b64decode(outputs[number].png) if number < len(outputs) and outputs[number].png else None
