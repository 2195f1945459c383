"""A learner's submission as staff see it, as the learner does and in full, and what may be changed by hand."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts import permissions
from app.clock import utc_now
from app.db import db
from app.grading import answers, comparing, history, overriding, queueing, reporting, submitting, waking
from app.grading.desk_views import Desk, desk_of, lang, pages, standing_facts
from app.grading.models import Submission, Verdict
from app.grading.quiz_views import sheet_of
from app.grading.result_views import file_of, picture
from app.web import blobs, row_number, settings
from graders.course import Exercise, Quiz


def taught_or_404(submission_id: int) -> Submission:
    """A submission in a course the reader teaches."""
    found = history.any_submission(submission_id)
    if found is None or not permissions.instructs(current_user, found.version.course.slug):
        abort(404)
    return found


def verdict_asked_for(submission: Submission) -> Verdict | None:
    """The verdict that the address names, where it is not the one in force."""
    id = request.args.get("verdict", type=row_number)
    if id is None or id == submission.verdict_id:
        return None
    return comparing.verdict_of(submission, id) or abort(404)


@pages.get("/staff/submissions/<int:submission_id>")
def staff_submission(submission_id: int) -> ResponseReturnValue:
    again = comparing.rerun_of(submission_id)
    if again is not None:  # a row of the queue for what was graded again: it is shown beside the old verdict
        taught_or_404(again.submission_id)
        slug = again.rejudge.version.course.slug
        return redirect(url_for("rejudging.compare", slug=slug, rejudge_id=again.rejudge_id, rerun_id=again.id), 303)
    found = taught_or_404(submission_id)
    desk = desk_of(found)
    former = verdict_asked_for(found)
    verdict = former or found.verdict
    in_full = former is not None or request.args.get("as") != "learner"
    facts: dict[str, Any] = {"sheet": [], "report": None, "texts": {}}
    if isinstance(desk.item, Quiz):
        facts["sheet"] = sheet_of(desk, found, attempts_left=0 if in_full else None)
    elif isinstance(desk.item, Exercise):
        facts["report"] = reporting.report_for_staff(found, former) if in_full else reporting.report_for_learner(found)
        facts["texts"] = answers.texts_of(desk.item, history.files_of(found, blobs()), found.language)
    return render_template(
        "grading/staff_submission.html",
        submission=found,
        in_full=in_full,
        row=submitting.progress_row(desk.seat, desk.item.key),
        entries=history.entries(desk.seat, desk.item.key),
        verdicts=comparing.verdicts(found),
        former=former.id if former else None,
        shown_verdict=verdict.id if verdict else None,
        origin=reporting.origin_of(verdict) if verdict and in_full else None,
        paused=queueing.grading_now(now=utc_now()).paused,
        course=desk.seat.course,
        lang=lang(),
        **facts,
        **standing_facts(desk),
    )


@pages.get("/staff/submissions/<int:submission_id>/files/<int:number>")
def staff_file(submission_id: int, number: int) -> ResponseReturnValue:
    return file_of(taught_or_404(submission_id), number)


@pages.get("/staff/submissions/<int:submission_id>/checks/<check>/<int:number>.png")
def staff_plot(submission_id: int, check: str, number: int) -> ResponseReturnValue:
    found = taught_or_404(submission_id)
    report = reporting.report_for_staff(found, verdict_asked_for(found))
    return picture(reporting.picture_of_check(report, check, number))


@pages.get("/staff/submissions/<int:submission_id>/cells/<cell>/<int:number>.png")
def staff_output(submission_id: int, cell: str, number: int) -> ResponseReturnValue:
    found = taught_or_404(submission_id)
    report = reporting.report_for_staff(found, verdict_asked_for(found))
    return picture(reporting.picture_of_cell(report, cell, number))


@pages.post("/staff/submissions/<int:submission_id>/reset-attempts")
def reset_attempts(submission_id: int) -> ResponseReturnValue:
    desk = desk_of(taught_or_404(submission_id))
    overriding.reset_attempts(desk.seat, desk.item, reason=_reason(), by=current_user, now=utc_now())
    return _done(submission_id, gettext("The learner has all attempts again."))


@pages.post("/staff/submissions/<int:submission_id>/excuse")
def excuse(submission_id: int) -> ResponseReturnValue:
    desk = desk_of(taught_or_404(submission_id))
    if request.form.get("undo"):
        overriding.unexcuse(desk.seat, desk.item, by=current_user, now=utc_now())
        return _done(submission_id, gettext("The item counts again."))
    overriding.excuse(desk.seat, desk.item, reason=_reason(), by=current_user, now=utc_now())
    return _done(submission_id, gettext("The item no longer counts for this learner."))


@pages.post("/staff/submissions/<int:submission_id>/points")
def set_points(submission_id: int) -> ResponseReturnValue:
    desk = desk_of(taught_or_404(submission_id))
    if request.form.get("undo"):
        overriding.clear_points(desk.seat, desk.item, reason=_reason(), by=current_user, now=utc_now())
        return _done(submission_id, gettext("The graded points count again."))
    overriding.set_points(desk.seat, desk.item, _points(desk), reason=_reason(), by=current_user, now=utc_now())
    return _done(submission_id, gettext("The points are set."))


@pages.post("/staff/submissions/<int:submission_id>/grade-again")
def grade_again(submission_id: int) -> ResponseReturnValue:
    overriding.grade_again(taught_or_404(submission_id), by=current_user, now=utc_now())
    done = _done(submission_id, gettext("It is in the queue again."))
    waking.announce(settings(), submission_id)
    return done


def _reason() -> str:
    return request.form.get("reason", "")


def _points(desk: Desk) -> float:
    """What was typed; nonsense lies outside what is allowed and is refused as such."""
    try:
        return float(request.form.get("points", "").replace(",", "."))
    except ValueError:
        return -1.0


def _done(submission_id: int, said: str) -> ResponseReturnValue:
    db.session.commit()
    flash(said, "good")
    return redirect(url_for("grading.staff_submission", submission_id=submission_id), 303)
