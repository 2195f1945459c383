"""What staff type into the pages of organisations. Operations decide what is right; here only what must be there."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.web import row_number

needed = InputRequired(_l("This is needed."))


class OrganisationForm(FlaskForm):
    name = StringField(_l("Name of the organisation"), [needed, Length(max=200)])


class JoinForm(FlaskForm):
    organisation = SelectField(_l("Organisation"), coerce=row_number, validate_choice=False)
    from_on = DateField(_l("First day"), [Optional()])
