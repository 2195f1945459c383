"""Rooms, for administrators."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.training import rooms
from app.training.forms import RoomForm
from app.training.models import Room

pages = Blueprint("rooms", __name__, url_prefix="/administration/rooms")


@pages.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    form = RoomForm()
    if form.validate_on_submit():
        try:
            rooms.add(*_said(form), by=current_user, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            db.session.commit()
            flash(gettext("The room is added."), "good")
            return redirect(url_for("rooms.index"), 303)
    page = render_template("training/rooms.html", rooms=rooms.rooms(with_archived=True), form=form)
    return page, 422 if form.errors or form.form_errors else 200


@pages.route("/<int:room_id>", methods=["GET", "POST"])
def room(room_id: int) -> ResponseReturnValue:
    found = room_or_404(room_id)
    form = RoomForm(obj=found)
    if form.validate_on_submit():
        try:
            rooms.change(found, *_said(form), by=current_user, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            db.session.commit()
            flash(gettext("Saved."), "good")
            return redirect(url_for("rooms.index"), 303)
    page = render_template("training/room.html", room=found, form=form)
    return page, 422 if form.errors or form.form_errors else 200


@pages.post("/<int:room_id>/archive")
def archive(room_id: int) -> ResponseReturnValue:
    """Archive it; an archived one comes back."""
    found = room_or_404(room_id)
    act = rooms.take_back if found.archived_at else rooms.archive
    act(found, by=current_user, now=utc_now())
    db.session.commit()
    return redirect(url_for("rooms.index"), 303)


def room_or_404(room_id: int) -> Room:
    found: Room = db.session.get(Room, room_id) or abort(404)
    return found


def _said(form: RoomForm) -> tuple[str, str, int]:
    return form.name.data or "", form.place.data or "", form.seats.data or 0
