"""Trainings, for who teaches the course: planning, changing, cancelling, who has a seat."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts.permissions import instructs, taught_courses
from app.catalogue import reading as catalogue
from app.catalogue.models import Course
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.training import attending, booking, planning, reading, seating, wording
from app.training.clashes import Doubt
from app.training.forms import TrainingForm, as_typed
from app.training.models import Booking, State, Training
from app.training.rooms import rooms
from app.web import language, page_number, row_number

pages = Blueprint("trainings", __name__, url_prefix="/training")
pages.add_app_template_filter(wording.title_of, "course_title")
for words in (wording.hours_text, wording.clock_text, wording.weekday, wording.day_and_month):
    pages.add_app_template_global(words, words.__name__)


@pages.get("/")
def overview() -> str:
    page, past, now = page_number(), request.args.get("past") == "1", utc_now()
    found, total = reading.of_staff(current_user, past=past, now=now, page=page)
    slugs = taught_courses(current_user)
    listed = [course for course in catalogue.listed_courses() if slugs is None or course.slug in slugs]
    return render_template(
        "training/overview.html",
        trainings=found,
        taken=booking.taken_in(found),
        past=past,
        now=now,
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

    def plan(confirmed: bool) -> Training:
        return planning.open_training(course, form.plan(), confirmed=confirmed, by=current_user, now=utc_now())

    return _planned(form, plan, course=course, training=None, done=gettext("The training is planned."))


@pages.get("/<int:training_id>")
def show(training_id: int) -> str:
    return _page(given_or_404(training_id))


@pages.post("/<int:training_id>/people")
def put_in(training_id: int) -> ResponseReturnValue:
    """`user_id` of who waits, or is found by the words `who`; `above=1` for a seat although all are taken."""
    training = given_or_404(training_id)
    chosen = request.form.get("user_id", type=row_number)
    known = [one.user for one in booking.bookings(training)]
    found = [*known, *seating.find(training, request.form.get("who", ""), by=current_user)]
    user = next((one for one in found if one.id == chosen), None)
    if user is None:
        raise Refused(gettext("Choose somebody."), status=422)
    above, confirmed = request.form.get("above") == "1", request.form.get("confirmed") == "1"
    try:
        seat = seating.put_in(user, training, above=above, confirmed=confirmed, by=current_user, now=utc_now())
    except Doubt as doubt:
        db.session.rollback()
        asked = {name: request.form.get(name, "") for name in ("user_id", "who", "above")} | {"confirmed": "1"}
        return _page(training, doubt=doubt.message, asked=asked), 422
    db.session.commit()
    if seat.state == State.BOOKED:
        flash(gettext("%(name)s has a seat.", name=user.name), "good")
    else:
        flash(gettext("All seats are taken: %(name)s is on the waiting list.", name=user.name), "warn")
    return redirect(url_for("trainings.show", training_id=training.id), 303)


@pages.route("/bookings/<int:booking_id>/out", methods=["GET", "POST"])
def take_out(booking_id: int) -> ResponseReturnValue:
    seat: Booking = db.session.get(Booking, booking_id) or abort(404)
    training = given_or_404(seat.training_id)
    return _with_reason(
        training,
        lambda reason: seating.take_out(seat, reason, by=current_user, now=utc_now()),
        template="training/out.html",
        done=gettext("%(name)s is not expected any more.", name=seat.user.name),
        seat=seat,
    )


@pages.route("/<int:training_id>/change", methods=["GET", "POST"])
def change(training_id: int) -> ResponseReturnValue:
    training = managed_or_404(training_id)
    form = TrainingForm(data=as_typed(training))
    known = {one.room_id: one.room for one in training.meetings}
    form.offer(
        planning.trainers_of(training.course), list({one.id: one for one in (*rooms(), *known.values())}.values())
    )

    def plan(confirmed: bool) -> Training:
        planning.change(training, form.plan(), confirmed=confirmed, by=current_user, now=utc_now())
        return training

    return _planned(form, plan, course=training.course, training=training, done=gettext("Saved."))


@pages.route("/<int:training_id>/cancel", methods=["GET", "POST"])
def cancel(training_id: int) -> ResponseReturnValue:
    training = managed_or_404(training_id)
    return _with_reason(
        training,
        lambda reason: planning.cancel(training, reason, by=current_user, now=utc_now()),
        template="training/cancel.html",
        done=gettext("The training is cancelled."),
    )


def _planned(
    form: TrainingForm, plan: Callable[[bool], Training], *, course: Course, training: Training | None, done: str
) -> ResponseReturnValue:
    """The page of the form, and what is sent by it: `plan` takes whether a doubt is answered, `done` is said of it."""
    doubt = ""
    if form.validate_on_submit():
        try:
            planned = plan(form.confirmed.data == "1")
        except Refused as refusal:
            db.session.rollback()
            doubt = _said(form, refusal)
        else:
            db.session.commit()
            flash(done, "good")
            return redirect(url_for("trainings.show", training_id=planned.id), 303)
    page = render_template("training/edit.html", course=course, training=training, form=form, doubt=doubt)
    return page, 422 if form.errors or form.form_errors or doubt else 200


def _with_reason(
    training: Training, act: Callable[[str], None], *, template: str, done: str, **shown: Any
) -> ResponseReturnValue:
    """A page that asks why, and what is done then: `act` takes the reason as typed, `done` is said of it."""
    reason, refused = request.form.get("reason", ""), ""
    if request.method == "POST":
        try:
            act(reason)
        except Refused as refusal:
            db.session.rollback()
            refused = refusal.message
        else:
            db.session.commit()
            flash(done, "good")
            return redirect(url_for("trainings.show", training_id=training.id), 303)
    page = render_template(template, training=training, reason=reason, refused=refused, **shown)
    return page, 422 if refused else 200


def _page(training: Training, *, doubt: str = "", asked: dict[str, Any] | None = None) -> str:
    """`asked`: the form that is sent again when the doubt is answered."""
    words, seats = request.values.get("who", ""), booking.bookings(training)
    return render_template(
        "training/training.html",
        training=training,
        seats=seats,
        standings=attending.standings(seats),
        needed=attending.needed(training),
        states={one.user_id: one for one in seats},
        free=training.seats - sum(one.state == State.BOOKED for one in seats),
        words=words,
        found=seating.find(training, words, by=current_user),
        manages=may_manage(training),
        doubt=doubt,
        asked=asked or {},
        now=utc_now(),
    )


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
