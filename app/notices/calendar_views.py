"""Administrators see which days are not worked, and enter what the Cabinet announces."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app import audit
from app.clock import today, utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.notices import workdays
from app.notices.forms import DaysOffForm
from app.notices.views import pages

__all__ = ["pages"]

WORDS = {
    "new_year": _l("New Year"),
    "mourning": _l("Day of national mourning"),
    "womens_day": _l("Women’s Day"),
    "novruz": _l("Novruz"),
    "victory_over_fascism": _l("Victory over Fascism"),
    "independence": _l("Independence Day"),
    "salvation": _l("National Salvation Day"),
    "armed_forces": _l("Armed Forces Day"),
    "victory": _l("Victory Day"),
    "flag": _l("National Flag Day"),
    "solidarity": _l("Solidarity Day of Azerbaijanis"),
    "ramazan": _l("Ramazan"),
    "qurban": _l("Qurban"),
    "moved": _l("moved from a day of rest or another holiday"),
    "other": _l("Another day off"),
}


@pages.route("/staff/days-off", methods=["GET", "POST"])
def days_off() -> ResponseReturnValue:
    now_year = today().year
    year = request.args.get("year", now_year, type=int)
    if year not in range(now_year - 1, now_year + 3):
        abort(404)
    form = DaysOffForm()
    if form.validate_on_submit() and form.first.data is not None:
        is_off = form.cause.data != "worked"
        cause = form.cause.data if is_off and form.cause.data else "other"
        first, now = form.first.data, utc_now()
        last = form.last.data or first
        try:
            workdays.enter(
                first, last, cause=cause, is_off=is_off, note=form.note.data or "", by=current_user.id, now=now
            )
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            audit.record(
                "days_off_entered",
                actor_id=current_user.id,
                now=now,
                from_on=first.isoformat(),
                until=last.isoformat(),
                kind=form.cause.data,
            )
            return done(gettext("The days have been entered."), first.year)
    kept = {one.day: one for one in workdays.kept_days(year)}
    calendar = workdays.calendar(date(year, 6, 30))
    days = {day: cause for day, cause in calendar.off.items() if day.year == year}
    worked = [day for day in sorted(calendar.worked) if day.year == year]
    page = render_template(
        "notices/days_off.html",
        form=form,
        year=year,
        years=range(now_year - 1, now_year + 3),
        days=days,
        worked=worked,
        kept=kept,
        words=WORDS,
        missing=[WORDS[one] for one in calendar.missing(year)],
    )
    return page, 422 if form.errors else 200


@pages.post("/staff/days-off/take-out")
def take_out_day() -> ResponseReturnValue:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(404)
    if not workdays.take_out(day):
        abort(404)
    audit.record("days_off_taken_out", actor_id=current_user.id, now=utc_now(), day=day.isoformat())
    return done(gettext("What was entered for the day has been taken out."), day.year)


def done(sentence: str, year: int) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for("notices.days_off", year=year), 303)
