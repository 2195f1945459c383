"""Attendance: the trainer's list and the code on the trainer's screen, the learner's "I am here"."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup

from app.clock import utc_now
from app.db import db
from app.errors import Refused
from app.training import attending, booking, codes
from app.training.models import Meeting, State, Training
from app.training.staff_views import given_or_404
from app.training.staff_views import pages as staff_pages
from app.training.views import pages
from app.web import link, settings

MOST_MARKS = 1000  # at once; a training has no more seats than a few hundred
SAID = {"present": True, "absent": False}


@staff_pages.route("/meetings/<int:meeting_id>", methods=["GET", "POST"])
def attendance(meeting_id: int) -> ResponseReturnValue:
    meeting, training = _given_or_404(meeting_id)
    seats = [one for one in booking.bookings(training) if one.state == State.BOOKED]
    known = attending.marks(meeting)
    if request.method == "POST":
        now = utc_now()
        for seat in seats:
            said, before = SAID.get(request.form.get(f"seat-{seat.id}", "")), known.get(seat.id)
            if said is not None and (before is None or before.present != said):
                attending.mark(meeting, seat, said, how="list", at=now, by=current_user, now=now)
        db.session.commit()
        flash(gettext("Saved."), "good")
        return redirect(request.path, 303)
    return render_template(
        "training/attendance.html", meeting=meeting, training=training, seats=seats, marks=known, now=utc_now()
    )


@staff_pages.post("/meetings/<int:meeting_id>/marks")
def marks(meeting_id: int) -> ResponseReturnValue:
    """Marks as the page keeps them while there is no network: {"marks": [{"seat": 1, "present": true, "at": "…Z"}]}.

    Sent again they change nothing. Answers with the sentences of those that cannot stand; they need not be sent again.
    """
    meeting, training = _given_or_404(meeting_id)
    sent = _read_marks(request.get_json(silent=True))
    seats = {one.id: one for one in booking.bookings(training)}
    refused, now = set(), utc_now()
    for one in sorted(sent, key=lambda one: one.seat):
        if one.seat not in seats:
            refused.add(gettext("Only who has a seat can be marked."))
            continue
        try:
            attending.mark(meeting, seats[one.seat], one.present, how="list", at=one.at, by=current_user, now=now)
        except Refused as refusal:
            refused.add(refusal.message)
    db.session.commit()
    return {"refused": sorted(refused)}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """As a phone sends it; `at` is when it was made."""

    seat: int
    present: bool
    at: datetime


def _read_marks(sent: Any) -> list[Mark]:
    """Raises Refused for anything else than marks."""
    try:
        read = [
            Mark(seat=int(one["seat"]), present=one["present"] is True, at=datetime.fromisoformat(one["at"]))
            for one in sent["marks"][:MOST_MARKS]
        ]
    except (TypeError, KeyError, ValueError, OverflowError):
        raise Refused(gettext("These are no marks."), status=400) from None
    if any(one.at.tzinfo is None or not 2000 < one.at.year < 9000 for one in read):
        raise Refused(gettext("These are no marks."), status=400)
    return read


@staff_pages.get("/meetings/offline.js")
def offline() -> ResponseReturnValue:
    """The service worker of the list: it reaches what lies beside it. A new version with each change of a bundle."""
    bundles = Path(current_app.static_folder or "") / "dist"
    try:
        names = (bundles / "manifest.json").read_bytes()
        code = (bundles / json.loads(names)["offline.js"]).read_text()
    except (FileNotFoundError, KeyError):
        abort(404)  # not built yet: the list works while it stays open
    response = current_app.response_class(
        f'const VERSION = "{hashlib.sha256(names).hexdigest()[:16]}";\n{code}', mimetype="text/javascript"
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@staff_pages.get("/meetings/<int:meeting_id>/code")
def code(meeting_id: int) -> str:
    """For the screen of the room: a new code with each look, which the page takes by itself."""
    meeting, training = _given_or_404(meeting_id)
    made = codes.code(meeting.id, settings().data_folder, utc_now())
    address = link("training.here", meeting_id=meeting.id, token=made)
    picture = Markup(segno.make(address, error="m").svg_inline(border=4, omitsize=True, light="#fff"))  # noqa: S704 - made here
    there = sum(one.present for one in attending.marks(meeting).values())
    return render_template(
        "training/code.html", meeting=meeting, training=training, picture=picture, there=there,
        seats=booking.taken(training),
    )  # fmt: skip


@pages.route("/here/<int:meeting_id>/<token>", methods=["GET", "POST"])
def here(meeting_id: int, token: str) -> ResponseReturnValue:
    """GET with the code of the screen gives a button; POST with the ticket in it marks its owner present."""
    meeting, now, folder = db.session.get(Meeting, meeting_id), utc_now(), settings().data_folder
    if meeting is None:
        abort(404)
    training = db.session.get_one(Training, meeting.training_id)
    if request.method == "GET":
        if not codes.is_code(token, meeting_id, folder, now):
            raise Refused(gettext("This code is over. Scan the one that is on the screen now."), status=410)
    elif not codes.is_ticket(token, meeting_id, current_user.id, folder, now):
        raise Refused(gettext("This took too long. Scan the code on the screen again."), status=410)
    seat = booking.own(current_user, training)
    if seat is None or seat.state != State.BOOKED:
        raise Refused(gettext("You have no seat in this training. Speak with the trainer."), status=403)
    if request.method == "POST":
        attending.mark(meeting, seat, True, how="code", at=now, by=current_user, now=now)
        db.session.commit()
        flash(gettext("You are marked as present."), "good")
        return redirect(url_for("training.show", training_id=training.id), 303)
    ticket = codes.ticket(meeting_id, current_user.id, folder, now)
    return render_template("training/here.html", meeting=meeting, training=training, ticket=ticket)


def _given_or_404(meeting_id: int) -> tuple[Meeting, Training]:
    meeting: Meeting = db.session.get(Meeting, meeting_id) or abort(404)
    return meeting, given_or_404(meeting.training_id)
