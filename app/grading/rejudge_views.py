"""Pages of staff on which submissions are graded again: begun, looked at, applied or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from app.accounts import permissions
from app.catalogue import reading
from app.catalogue.models import Course
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.grading import comparing, queueing, rejudging, reporting
from app.grading.forms import ApplyForm, RejudgeForm
from app.grading.models import Rejudge, Stage, Which
from app.web import language, page_number
from graders.feedback import Shown

pages = Blueprint("rejudging", __name__, url_prefix="/staff/rejudges")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One check in the old and in the new verdict; None where that one has no such check."""

    check: Shown
    before: Shown | None
    after: Shown | None

    @property
    def differs(self) -> bool:
        return self.before is None or self.after is None or self.before.status != self.after.status


@pages.route("/<slug>", methods=["GET", "POST"])
def index(slug: str) -> ResponseReturnValue:
    course = taught_or_404(slug)
    form = RejudgeForm(item=request.args.get("item", ""))
    offered = rejudging.exercises(course)
    form.item.choices = [
        (item.key, f"{unit.title.get(language())} / {item.title.get(language())}") for unit, item in offered
    ]
    if form.validate_on_submit():
        try:
            begun = rejudging.begin(
                course,
                form.item.data,
                Which(form.which.data),
                reason=form.reason.data or "",
                by=current_user,
                now=utc_now(),
            )
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            db.session.commit()
            return redirect(url_for("rejudging.show", slug=slug, rejudge_id=begun.id), 303)
    page = page_number()
    former, count = comparing.former(course, page=page)
    return render_template(
        "grading/rejudges.html",
        course=course,
        form=form,
        former=former,
        titles={item.key: item.title.get(language()) for _unit, item in offered},
        page=page,
        pages=count,
    )


@pages.get("/<slug>/<int:rejudge_id>")
def show(slug: str, rejudge_id: int) -> ResponseReturnValue:
    course, rejudge = found_or_404(slug, rejudge_id)
    counts = comparing.counts(rejudge)
    change = request.args.get("change", "")
    change = change if change in (*comparing.CHANGES, "certified") else ""
    chosen = counts.certified if change == "certified" else counts.by_change.get(change, counts.total)
    page = page_number()
    return render_template(
        "grading/rejudge.html",
        course=course,
        rejudge=rejudge,
        exercise=rejudging.exercise_of(rejudge),
        counts=counts,
        lines=comparing.lines(rejudge, change, page=page),
        change=change,
        page=page,
        pages=ceil(chosen / comparing.PAGE),
        form=ApplyForm(reason=rejudge.reason),
        people=comparing.names(rejudge.created_by, rejudge.decided_by),
        paused=queueing.grading_now(now=utc_now()).paused,
        STAGES=Stage,
    )


@pages.get("/<slug>/<int:rejudge_id>/<int:rerun_id>")
def compare(slug: str, rejudge_id: int, rerun_id: int) -> ResponseReturnValue:
    """The old and the new verdict on one submission, side by side."""
    course, rejudge = found_or_404(slug, rejudge_id)
    rerun = comparing.rerun_in(rejudge, rerun_id)
    if rerun is None:
        abort(404)
    after = rerun.run.verdict if rerun.run is not None else None
    return render_template(
        "grading/rerun.html",
        course=course,
        rejudge=rejudge,
        rerun=rerun,
        exercise=rejudging.exercise_of(rejudge),
        submission=rerun.submission,
        before=rerun.before,
        after=after,
        pairs=pairs(
            reporting.checks_for_staff(rerun.before) if rerun.before else (),
            reporting.checks_for_staff(after) if after else (),
        ),
        origins=[reporting.origin_of(verdict) if verdict else None for verdict in (rerun.before, after)],
    )


def pairs(before: Sequence[Shown], after: Sequence[Shown]) -> list[Pair]:
    """By the id of the check: those of the new verdict in its order, then what only the old one had."""
    old, new = {check.id: check for check in before}, {check.id: check for check in after}
    return [Pair(check=(new | old)[id], before=old.get(id), after=new.get(id)) for id in [*new, *(old.keys() - new)]]


@pages.post("/<slug>/<int:rejudge_id>/apply")
def apply(slug: str, rejudge_id: int) -> ResponseReturnValue:
    _course, rejudge = found_or_404(slug, rejudge_id)
    form = ApplyForm()
    reason = (form.reason.data or "")[: rejudging.MOST_REASON]
    rejudging.apply(rejudge, reason=reason, never_lower=form.never_lower.data, by=current_user, now=utc_now())
    db.session.commit()
    return back_to(slug, rejudge)


@pages.post("/<slug>/<int:rejudge_id>/drop")
def drop(slug: str, rejudge_id: int) -> ResponseReturnValue:
    _course, rejudge = found_or_404(slug, rejudge_id)
    rejudging.drop(rejudge, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("Dropped: every result stays as it was."), "good")
    return back_to(slug, rejudge)


@pages.post("/<slug>/<int:rejudge_id>/again")
def again(slug: str, rejudge_id: int) -> ResponseReturnValue:
    _course, rejudge = found_or_404(slug, rejudge_id)
    count = rejudging.try_again(rejudge)
    db.session.commit()
    flash(
        ngettext("%(num)d submission is in the queue again.", "%(num)d submissions are in the queue again.", count),
        "good",
    )
    return back_to(slug, rejudge)


# ---- finding


def taught_or_404(slug: str) -> Course:
    course = reading.course_by_slug(slug)
    if course is None or not permissions.instructs(current_user, slug):
        abort(404)
    return course


def found_or_404(slug: str, rejudge_id: int) -> tuple[Course, Rejudge]:
    course = taught_or_404(slug)
    return course, comparing.rejudge_in(course, rejudge_id) or abort(404)


def back_to(slug: str, rejudge: Rejudge) -> ResponseReturnValue:
    return redirect(url_for("rejudging.show", slug=slug, rejudge_id=rejudge.id), 303)
