"""Trainings, for who teaches the course: planning, changing, cancelling."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts.permissions import instructs, taught_courses
from app.catalogue import reading as catalogue
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.training import booking, planning, reading, wording
from app.training.clashes import Doubt
from app.training.forms import TrainingForm, as_typed
from app.training.models import Training
from app.training.rooms import rooms
from app.web import language, page_number

pages = Blueprint("trainings", __name__, url_prefix="/training")
pages.add_app_template_filter(wording.title_of, "course_title")
for words in (wording.hours_text, wording.clock_text, wording.day_name):
    pages.add_app_template_global(words, words.__name__)


@pages.get("/")
def overview() -> str:
    page, past = page_number(), request.args.get("past") == "1"
    found, total = reading.of_staff(current_user, past=past, now=utc_now(), page=page)
    slugs = taught_courses(current_user)
    listed = [course for course in catalogue.listed_courses() if slugs is None or course.slug in slugs]
    return render_template(
        "training/overview.html",
        trainings=found,
        past=past,
        courses=listed,
        page=page,
        pages=ceil(total / reading.PAGE),
    )


@pages.route("/courses/<slug>/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    course = catalogue.course_by_slug(slug)
    if course is None or not instructs(current_user, slug):
        abort(404)
    share = planning.asked_share(course) or 1.0
    form = TrainingForm(language=language(), trainer_id=current_user.id, percent=round(share * 100))
    form.offer(planning.trainers_of(course), list(rooms()))
    doubt = ""
    if form.validate_on_submit():
        try:
            confirmed = form.confirmed.data == "1"
            made = planning.open_training(course, form.plan(), confirmed=confirmed, by=current_user, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            doubt = _said(form, refusal)
        else:
            db.session.commit()
            flash(gettext("The training is planned."), "good")
            return redirect(url_for("trainings.show", training_id=made.id), 303)
    page = render_template("training/edit.html", course=course, training=None, form=form, doubt=doubt)
    return page, 422 if form.errors or form.form_errors or doubt else 200


@pages.get("/<int:training_id>")
def show(training_id: int) -> str:
    training = given_or_404(training_id)
    return render_template(
        "training/training.html",
        training=training,
        seats=booking.bookings(training),
        manages=may_manage(training),
        now=utc_now(),
    )


@pages.route("/<int:training_id>/change", methods=["GET", "POST"])
def change(training_id: int) -> ResponseReturnValue:
    training = managed_or_404(training_id)
    form = TrainingForm(data=as_typed(training))
    known = {one.room_id: one.room for one in training.meetings}
    form.offer(
        planning.trainers_of(training.course), list({one.id: one for one in (*rooms(), *known.values())}.values())
    )
    doubt = ""
    if form.validate_on_submit():
        try:
            confirmed = form.confirmed.data == "1"
            planning.change(training, form.plan(), confirmed=confirmed, by=current_user, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            doubt = _said(form, refusal)
        else:
            db.session.commit()
            flash(gettext("Saved."), "good")
            return redirect(url_for("trainings.show", training_id=training.id), 303)
    page = render_template("training/edit.html", course=training.course, training=training, form=form, doubt=doubt)
    return page, 422 if form.errors or form.form_errors or doubt else 200


@pages.route("/<int:training_id>/cancel", methods=["GET", "POST"])
def cancel(training_id: int) -> ResponseReturnValue:
    training = managed_or_404(training_id)
    reason, refused = request.form.get("reason", ""), ""
    if request.method == "POST":
        try:
            planning.cancel(training, reason, by=current_user, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            refused = refusal.message
        else:
            db.session.commit()
            flash(gettext("The training is cancelled."), "good")
            return redirect(url_for("trainings.show", training_id=training.id), 303)
    page = render_template("training/cancel.html", training=training, reason=reason, refused=refused)
    return page, 422 if refused else 200


def _said(form: TrainingForm, refusal: Refused) -> str:
    """A refusal goes into the form; a doubt is asked about, and its question returned."""
    if isinstance(refusal, Doubt):
        return refusal.message
    if refusal.field == "meetings":  # a list of rows: said on top
        form.form_errors.append(refusal.message)
    else:
        refused_in(form, refusal)
    return ""


# ---- finding


def may_manage(training: Training) -> bool:
    return instructs(current_user, training.course.slug)


def managed_or_404(training_id: int) -> Training:
    """A training of a course the signed-in person teaches; others do not exist for them."""
    training = db.session.get(Training, training_id)
    if training is None or not may_manage(training):
        abort(404)
    return training


def given_or_404(training_id: int) -> Training:
    """The same, or one that the signed-in person gives."""
    training = db.session.get(Training, training_id)
    if training is None or not (may_manage(training) or training.trainer_id == current_user.id):
        abort(404)
    return training
