"""A week of a trainer, or of a room."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, render_template, request
from flask_babel import gettext
from flask_login import current_user

from app.accounts.models import User
from app.accounts.permissions import is_administrator
from app.clock import DAY, today
from app.db import db
from app.training import reading
from app.training.models import Room
from app.training.rooms import rooms
from app.training.staff_views import pages
from app.web import row_number

WEEK = timedelta(days=7)


@pages.get("/timetable")
def timetable() -> str:
    """One's own week; administrators may ask for anybody's."""
    trainer: User | None = current_user
    asked = request.args.get("trainer", type=row_number)
    if asked is not None and asked != current_user.id:
        trainer = db.session.get(User, asked) if is_administrator(current_user) else None
    if trainer is None:
        abort(404)
    return _week(trainer.name, reading.week(_monday(), trainer=trainer), trainer=asked)


@pages.get("/rooms/<int:room_id>")
def room(room_id: int) -> str:
    """Whoever teaches plans by it: it shows what is held there, and who by."""
    found: Room = db.session.get(Room, room_id) or abort(404)
    return _week(found.name, reading.week(_monday(), room=found), room_id=room_id)


def _week(name: str, days: dict[date, list[reading.Held]], **asked: int | None) -> str:
    monday = next(iter(days))
    return render_template(
        "training/timetable.html",
        name=name,
        days=days,
        rooms=rooms(),
        today=today(),
        before={"week": (monday - WEEK).isoformat(), **asked},
        after={"week": (monday + WEEK).isoformat(), **asked},
        title=gettext("Timetable"),
    )


def _monday() -> date:
    """Of the week that is asked for, else of this one."""
    try:
        day = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        day = today()
    if not 2000 < day.year < 9000:  # what can be counted on from
        day = today()
    return day - day.weekday() * DAY
