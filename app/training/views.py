"""Trainings, for learners: what is offered, a seat in it, one's own."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.catalogue.models import Course
from app.catalogue.views import listed_or_404
from app.clock import utc_now
from app.db import db
from app.learning.models import Enrolment
from app.training import attending, booking, reading
from app.training.clashes import Doubt
from app.training.models import Booking, State, Training

pages = Blueprint("training", __name__)


@pages.app_template_global()
def has_trainings(course: Course) -> bool:
    return bool(reading.coming(course, utc_now()))


@pages.app_template_global()
def seats_of(enrolment: Enrolment) -> dict[Booking, attending.Standing]:
    """For the page of a course that somebody takes."""
    return attending.of_enrolment(enrolment)


@pages.get("/courses/<slug>/training")
def of_course(slug: str) -> str:
    course = listed_or_404(slug)
    coming = reading.coming(course, now := utc_now())
    taken = booking.taken_in(coming)
    found = [(one, one.seats - taken[one.id]) for one in coming]
    mine = {one.training_id: one for one in booking.of_user(current_user, now)}
    return render_template("training/of_course.html", course=course, found=found, mine=mine)


@pages.get("/seats")
def mine() -> str:
    now = utc_now()
    return render_template("training/mine.html", bookings=booking.of_user(current_user, now), now=now)


@pages.get("/seats/<int:training_id>")
def show(training_id: int) -> str:
    return _page(open_or_404(training_id))


@pages.post("/seats/<int:training_id>")
def book(training_id: int) -> ResponseReturnValue:
    training = open_or_404(training_id)
    try:
        seat = booking.book(current_user, training, confirmed=request.form.get("confirmed") == "1", now=utc_now())
    except Doubt as doubt:
        db.session.rollback()
        return _page(training, doubt.message), 422
    db.session.commit()
    if seat.state == State.BOOKED:
        flash(gettext("You have a seat. The dates are on their way to you by e-mail."), "good")
    else:
        flash(gettext("You are on the waiting list. You are told as soon as a seat is yours."), "good")
    return redirect(url_for("training.show", training_id=training.id), 303)


@pages.post("/seats/bookings/<int:booking_id>/leave")
def leave(booking_id: int) -> ResponseReturnValue:
    seat = db.session.get(Booking, booking_id)
    if seat is None or seat.user_id != current_user.id:
        abort(404)
    booking.leave(seat, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("You are not expected any more."), "good")
    return redirect(url_for("training.mine"), 303)


def open_or_404(training_id: int) -> Training:
    """A training of a course that is offered, or one in which the signed-in person has a seat."""
    training = db.session.get(Training, training_id)
    if training is None or not (training.course.is_listed or booking.own(current_user, training)):
        abort(404)
    return training


def _page(training: Training, doubt: str = "") -> str:
    now, seat = utc_now(), booking.own(current_user, training)
    return render_template(
        "training/seat.html",
        training=training,
        seat=seat,
        standing=attending.standings([seat])[seat] if seat is not None and seat.state == State.BOOKED else None,
        needed=attending.needed(training),
        place=booking.place(seat) if seat else 0,
        now=now,
        free=training.seats - booking.taken(training),
        may_join=now < booking.joins_until(training),
        may_leave=seat is not None and now < booking.leaves_until(seat),
        doubt=doubt,
    )
