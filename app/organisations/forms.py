"""What staff type into the pages of organisations. Operations decide what is right; here only what must be there."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.organisations.wording import LEAVES
from app.web import row_number

needed = InputRequired(_l("This is needed."))


class SignInRulesForm(FlaskForm):
    domains = TextAreaField(_l("Domains of its addresses"), [Length(max=2000)])
    two_factor = BooleanField(_l("Demand a second factor"))
    hours = StringField(_l("Hours a device stays signed in"), [Length(max=10)])


class OrganisationForm(FlaskForm):
    name = StringField(_l("Name of the organisation"), [needed, Length(max=200)])


class JoinForm(FlaskForm):
    organisation = SelectField(_l("Organisation"), coerce=row_number, validate_choice=False)
    from_on = DateField(_l("First day"), [Optional()])


class UnitForm(FlaskForm):
    code = StringField(_l("Code"), [needed, Length(max=60)])
    name = StringField(_l("Name"), [needed, Length(max=200)])


class UnitNameForm(FlaskForm):
    name = StringField(_l("Name"), [needed, Length(max=200)])


class PlaceForm(FlaskForm):
    parent = SelectField(_l("Stands below"), coerce=row_number, validate_choice=False)


class LastDayForm(FlaskForm):
    until_on = DateField(_l("Last day"), [needed])


class JobForm(FlaskForm):
    unit = SelectField(lazy_pgettext("organisation", "Unit"), coerce=row_number, validate_choice=False)
    position = StringField(_l("Position"), [Length(max=200)])
    manager = StringField(_l("Personnel number or e-mail of the manager"), [Length(max=254)])
    number = StringField(_l("Personnel number"), [Length(max=60)])
    on = DateField(_l("From the day"), [needed])


class LeaveForm(FlaskForm):
    kind = SelectField(_l("Kind"), choices=list(LEAVES.items()))
    from_on = DateField(_l("First day"), [needed])
    until_on = DateField(_l("Last day"), [Optional()])
    reason = StringField(_l("Reason"), [Length(max=500)])
    document = FileField(_l("Document"))


class RoleForm(FlaskForm):
    role = RadioField(
        _l("Role"),
        choices=[("manager", _l("Manager of a unit and what is below")), ("officer", _l("Training officer"))],
    )
    unit = SelectField(lazy_pgettext("organisation", "Unit"), coerce=row_number, validate_choice=False)


class ListForm(FlaskForm):
    file = FileField(_l("File (.xlsx or .csv)"))
    meaning = RadioField(
        _l("Who is not in the file"),
        choices=[
            ("full", _l("has left: the file is the full list")),
            ("adds", _l("stays: the file only adds and changes")),
        ],
        default="full",
    )


class ApplyForm(FlaskForm):
    ends = IntegerField(_l("How many people leave"), [Optional()])
