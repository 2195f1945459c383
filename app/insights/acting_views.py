"""What managers and training officers do from their lists: remind, assign a course, answer who asks for more time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.catalogue import reading
from app.clock import utc_now
from app.curricula import allocating, assigning, moving
from app.db import db
from app.errors import Refused
from app.insights import asking, histories
from app.insights.team_views import extension_or_404, pages, view_or_404
from app.insights.viewing import View
from app.web import came_from, row_number


@pages.post("/<int:organisation_id>/remind")
def remind(organisation_id: int) -> Response:
    view = view_or_404(organisation_id)
    users = ticked(view)
    if not users:
        raise Refused(gettext("Tick at least one person."))
    done = asking.remind(view, users, by=current_user, now=utc_now())
    db.session.commit()
    said = [ngettext("%(num)s person was reminded.", "%(num)s people were reminded.", done.told)]
    if done.told_before:
        said.append(
            ngettext(
                "%(num)s had been reminded today already.", "%(num)s had been reminded today already.", done.told_before
            )
        )
    if done.nothing:
        said.append(
            ngettext("%(num)s has nothing late or due soon.", "%(num)s have nothing late or due soon.", done.nothing)
        )
    flash(" ".join(said), "good" if done.told else "info")
    return redirect(came_from() or url_for("team.people", organisation_id=organisation_id), 303)


@pages.post("/<int:organisation_id>/assign")
def assign(organisation_id: int) -> Response:
    """A course, asked of people of the own team by hand."""
    view = view_or_404(organisation_id)
    course = reading.course_by_slug(request.form.get("course", ""))
    users = ticked(view)
    if course is None or not users:
        raise Refused(gettext("Choose a course and at least one person."))
    due_on = day_of("due_on")
    count = assigning.assign(view.organisation, users, course, due_on, by=current_user, now=utc_now())
    db.session.commit()
    told = ngettext(
        "%(num)s person has been asked to take the course; who was asked before has the new date.",
        "%(num)s people have been asked to take the course; who was asked before has the new date.",
        count,
    )
    flash(told, "good")
    return redirect(came_from() or url_for("team.people", organisation_id=organisation_id), 303)


@pages.post("/<int:organisation_id>/obligations/<int:obligation_id>/withdraw")
def withdraw(organisation_id: int, obligation_id: int) -> Response:
    """No longer asked by hand; other reasons stay, and so does what was learnt."""
    view = view_or_404(organisation_id)
    found = histories.history(view, obligation_id)
    if found is None or found.obligation.user_id == current_user.id:
        abort(404)
    allocating.take_back(found.obligation, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("It is no longer asked for by hand."), "good")
    return redirect(url_for("team.person", organisation_id=organisation_id, user_id=found.obligation.user_id), 303)


@pages.post("/<int:organisation_id>/requests/<int:extension_id>")
def answer(organisation_id: int, extension_id: int) -> Response:
    """Grant more time until a day, or refuse it; either way with an answer."""
    view = view_or_404(organisation_id)
    extension = extension_or_404(view, extension_id)
    said, now = request.form.get("answer", "").strip()[:500], utc_now()
    if request.form.get("decision") == "refuse":
        moving.refuse_time(extension, said, by=current_user, now=now)
        told = gettext("The request has been refused; the person is told why.")
    else:
        moving.grant_time(extension, day_of("granted_on") or extension.wanted_on, said, by=current_user, now=now)
        told = gettext("There is more time now; the person is told.")
    db.session.commit()
    flash(told, "good")
    return redirect(url_for("team.requests", organisation_id=organisation_id), 303)


def ticked(view: View) -> Sequence[User]:
    """The people of the form who are seen; of others nothing is said."""
    chosen = request.form.getlist("user", type=row_number)
    query = select(User).where(User.id.in_(chosen), User.id.in_(view.people()), User.closed_at.is_(None))
    return db.session.scalars(query).all()


def day_of(name: str) -> date | None:
    typed = request.values.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused(gettext("“%(typed)s” is not a day.", typed=typed)) from None
