"""The page on which a training officer says who is told when."""

from __future__ import annotations

from typing import Any

from babel.dates import get_day_names
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TimeField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.clock import today, utc_now
from app.curricula import counting
from app.curricula.reminding import choosing, hours, ladder
from app.curricula.requirement_views import pages
from app.db import db
from app.errors import Refused, refused_in
from app.notices import workdays
from app.organisations.staff_views import overseen_or_404

__all__ = ["pages"]

WORDS = {
    ladder.MOVED: _l("The due day has changed"),
    ladder.WINDOW: _l("It can be renewed from now on"),
    ladder.EXPIRED: _l("It has expired"),
    ladder.CLOSED: _l("The last day has passed"),
    ladder.COURSE: _l("A course that is asked for has changed"),
}


class Ticks(SelectMultipleField):
    """A box to tick for each choice."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RemindersForm(FlaskForm):
    learner = StringField(_l("The person"), [Length(max=200)])
    manager = StringField(_l("The manager, in the daily summary"), [Length(max=200)])
    officer = StringField(_l("The training officer, in the daily summary"), [Length(max=200)])
    manager_events = Ticks(_l("The manager is also told when"), choices=list(WORDS.items()))
    officer_events = Ticks(_l("The training officer is also told when"), choices=list(WORDS.items()))
    opens = TimeField(_l("Mails go out from"), [Optional()])
    closes = TimeField(_l("and no later than"), [Optional()])
    weekdays = Ticks(_l("On these days of the week"), coerce=int)

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        names = get_day_names(context="stand-alone", locale=get_locale())
        self.weekdays.choices = [(number, names[number][:1].upper() + names[number][1:]) for number in range(7)]

    def steps(self) -> dict[str, list[str]]:
        """Raises Refused (the field that cannot be read)."""
        typed = {name: choosing.numbers_from(self[name].data or "", name) for name in ladder.AUDIENCES}
        typed[ladder.MANAGER] += self.manager_events.data or []
        typed[ladder.OFFICER] += self.officer_events.data or []
        return typed


@pages.route("/<int:organisation_id>/reminders", methods=["GET", "POST"])
def reminders(organisation_id: int) -> ResponseReturnValue:
    organisation = overseen_or_404(organisation_id)
    form = RemindersForm(data=_as_typed(organisation_id))
    if form.validate_on_submit():
        try:
            steps = form.steps()
            mailed = hours.checked(form.opens.data, form.closes.data, form.weekdays.data or ())
            choosing.choose(organisation, steps, mailed, by=current_user, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            db.session.commit()
            flash(gettext("This holds from the next round on."), "good")
            return redirect(url_for("requirements.reminders", organisation_id=organisation_id), 303)
    page = render_template(
        "curricula/reminders.html",
        organisation=organisation,
        waiting=counting.waiting_for(organisation_id),
        form=form,
        words=WORDS,
        missing=workdays.calendar(today()).missing(today().year),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _as_typed(organisation_id: int) -> dict[str, object]:
    chosen = choosing.chosen(organisation_id)
    mailed = hours.chosen(organisation_id)
    typed: dict[str, object] = {"opens": mailed.opens, "closes": mailed.closes, "weekdays": sorted(mailed.weekdays)}
    for name, steps in chosen.items():
        numbers = [step for step in ladder.sorted_steps(steps) if ladder.is_day(step)]
        typed[name] = " ".join(step if step.startswith("-") else f"+{step}" for step in numbers)
        typed[f"{name}_events"] = [step for step in steps if not ladder.is_day(step)]
    return typed
