"""Forms of cohorts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.learning.cohorts import Plan

LANGUAGES = [("az", "Azərbaycanca"), ("ru", "Русский"), ("en", "English")]


class CohortForm(FlaskForm):
    name = StringField(_("Name"), validators=[DataRequired(_("Give the cohort a name.")), Length(max=200)])
    language = SelectField(_("Language"), choices=LANGUAGES)
    starts_on = DateField(_("Begins on"), validators=[InputRequired(_("Say when it begins."))])
    ends_on = DateField(_("Ends on"), validators=[Optional()])
    seats = IntegerField(
        _("Seats"), validators=[Optional(), NumberRange(1, 10_000, _("Seats are a number from 1 to 10 000."))]
    )

    def plan(self) -> Plan:
        assert self.name.data
        assert self.starts_on.data
        return Plan(
            name=self.name.data,
            language=self.language.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            seats=self.seats.data,
        )


class AnnouncementForm(FlaskForm):
    title = StringField(_("Title"), validators=[DataRequired(_("Give it a title.")), Length(max=200)])
    body = TextAreaField(_("Text"), validators=[DataRequired(_("Write the text.")), Length(max=10_000)])


class ExtensionForm(FlaskForm):
    unit = SelectField(_("Unit"))
    day = DateField(_("Until the end of"), validators=[InputRequired(_("Say until which day."))])
    reason = StringField(
        _("Reason"), validators=[DataRequired(_("Say why; the reason stays with the extension.")), Length(max=500)]
    )


class ListForm(FlaskForm):
    list = TextAreaField(_("List of learners"), validators=[Length(max=100_000)])


class JoinForm(FlaskForm):
    code = StringField(_("Code of the cohort"), validators=[DataRequired(_("Type the code.")), Length(max=40)])
