"""What readers choose about their mails, and what staff enter into the calendar."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.notices.kinds import CHOICES, WORDS

needed = InputRequired(_l("This is needed."))


class PreferencesForm(FlaskForm):
    mailed = SelectMultipleField(
        _l("Also by e-mail"),
        choices=[(group.value, WORDS[group]) for group in CHOICES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    at_any_hour = BooleanField(_l("Also in the evening, at night and on days off"))


class DaysOffForm(FlaskForm):
    cause = SelectField(
        _l("What it is"),
        choices=[
            ("ramazan", _l("Ramazan")),
            ("qurban", _l("Qurban")),
            ("other", _l("Another day off")),
            ("worked", _l("Worked, although it is a day of rest")),
        ],
    )
    first = DateField(_l("First day"), [needed])
    last = DateField(_l("Last day"), [Optional()])
    note = StringField(_l("By which decision"), [Length(max=200)])
