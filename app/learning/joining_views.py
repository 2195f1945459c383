"""Joining a cohort by its code or link, as a learner."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.catalogue import reading
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.learning import cohorts
from app.learning.forms import JoinForm
from app.web import row_number

pages = Blueprint("joining", __name__)


@pages.route("/join", methods=["GET", "POST"])
def by_code() -> str | Response:
    form = JoinForm()
    if form.validate_on_submit():
        if cohort := cohorts.cohort_by_code(form.code.data or ""):
            return redirect(url_for("joining.cohort", code=cohort.join_code))
        refused_in(form, Refused(gettext("No cohort has this code. Check it with your instructor."), field="code"))
    return render_template("learning/join.html", form=form)


@pages.route("/join/<code>", methods=["GET", "POST"])
def cohort(code: str) -> str | Response:
    found = cohorts.cohort_by_code(code) or abort(404)
    if request.method == "POST":
        leaving = request.form.get("leaving", type=row_number)
        enrolment = cohorts.join(current_user, found, leaving=leaving, now=utc_now())
        db.session.commit()
        return redirect(url_for("learning.outline", enrolment_id=enrolment.id))
    assert found.course.published is not None
    return render_template(
        "learning/join_cohort.html",
        cohort=found,
        course=reading.load(found.course.published),
        former=cohorts.former_cohort(current_user, found),
        free=None if found.seats is None else max(0, found.seats - cohorts.seats_taken(found)),
    )
