"""What mails somebody wants, and the address of the own calendar."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.clock import today, utc_now
from app.db import db
from app.notices import feeds, preferring, workdays
from app.notices.forms import PreferencesForm
from app.notices.kinds import CHOICES, COMPULSORY, WORDS, Group
from app.notices.preferring import Chosen
from app.notices.views import pages
from app.web import link, settings

__all__ = ["pages"]


@pages.route("/notices/settings", methods=["GET", "POST"])
def preferences() -> ResponseReturnValue:
    known = preferring.chosen_by([current_user.id]).get(current_user.id, preferring.EVERYTHING)
    mailed = [group.value for group in CHOICES if group not in known.not_mailed]
    form = PreferencesForm(data={"mailed": mailed, "at_any_hour": known.at_any_hour})
    if form.validate_on_submit():
        wanted = {Group(name) for name in form.mailed.data or ()}
        chosen = Chosen(not_mailed=frozenset(set(CHOICES) - wanted), at_any_hour=bool(form.at_any_hour.data))
        preferring.choose(current_user.id, chosen, now=utc_now())
        return done(gettext("Your choice has been saved."))
    feed = feeds.of(current_user.id)
    address = None
    if feed is not None:
        address = link("calendar.feed", feed_id=feed.id, token=feeds.token(feed, settings().data_folder))
    page = render_template(
        "notices/settings.html",
        form=form,
        compulsory=[WORDS[group] for group in COMPULSORY if group is not Group.STAFF],
        hours=workdays.hours_of([current_user.id], today()).get(current_user.id) or [workdays.USUAL],
        feed=feed,
        address=address,
    )
    return page, 422 if form.errors else 200


@pages.post("/notices/calendar")
def make_calendar() -> ResponseReturnValue:
    feeds.make(current_user.id, now=utc_now())
    return done(gettext("Here is the address of your calendar. The one before, if there was one, no longer works."))


@pages.post("/notices/calendar/revoke")
def revoke_calendar() -> ResponseReturnValue:
    feeds.revoke(current_user.id)
    return done(gettext("The address no longer works."))


def done(sentence: str) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for("notices.preferences"), 303)
