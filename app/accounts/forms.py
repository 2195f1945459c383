"""What people type into the pages of accounts. Operations decide what is right; here only what must be there."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.web import LANGUAGE_NAMES

needed = InputRequired(_l("This is needed."))


class SignUpForm(FlaskForm):
    name = StringField(_l("Your name"), [needed, Length(max=120)])
    email = EmailField(_l("E-mail address"), [needed, Length(max=254)])
    consent = BooleanField(
        _l("I agree that my data is kept as the privacy page says"),
        [InputRequired(_l("Without your consent we may not keep an account for you."))],
    )


class ConfirmForm(FlaskForm):
    name = StringField(_l("Your name"), [needed, Length(max=120)])
    password = PasswordField(_l("Choose a password"), [needed, Length(max=200)])
    consent = BooleanField(_l("I agree that my data is kept as the privacy page says"))


class SignInForm(FlaskForm):
    identifier = StringField(_l("E-mail address or FIN"), [needed, Length(max=254)])
    password = PasswordField(_l("Password"), [needed, Length(max=200)])


class CodeForm(FlaskForm):
    code = StringField(_l("Code"), [needed, Length(max=40)])


class ConnectForm(FlaskForm):
    current = PasswordField(_l("Your password"), [Length(max=200)])


class AskStaffForm(FlaskForm):
    contact = StringField(_l("How we reach you"), [needed, Length(max=200)])


class SecondFactorForm(FlaskForm):
    code = StringField(_l("Code"), [needed, Length(max=40)])


class AddressForm(FlaskForm):
    email = EmailField(_l("E-mail address"), [needed, Length(max=254)])


class NewPasswordForm(FlaskForm):
    password = PasswordField(_l("New password"), [needed, Length(max=200)])


class NameForm(FlaskForm):
    name = StringField(_l("Name"), [needed, Length(max=120)])


class ChangeAddressForm(FlaskForm):
    email = EmailField(_l("New e-mail address"), [needed, Length(max=254)])
    current = PasswordField(_l("Your password"), [Length(max=200)])


class ChangePasswordForm(FlaskForm):
    current = PasswordField(_l("Current password"), [Length(max=200)])
    password = PasswordField(_l("New password"), [needed, Length(max=200)])


class FinForm(FlaskForm):
    fin = StringField(_l("FIN"), [needed, Length(max=20)])


class PersonForm(FlaskForm):
    name = StringField(_l("Name"), [needed, Length(max=120)])
    email = EmailField(_l("E-mail address"), [Length(max=254)])
    language = SelectField(_l("Language"), choices=list(LANGUAGE_NAMES.items()))


class GrantForm(FlaskForm):
    role = SelectField(
        _l("Role"),
        choices=[
            ("instructor", _l("Instructor")),
            ("manager", _l("Manager of an organisation")),
            ("officer", _l("Training officer of an organisation")),
            ("administrator", _l("Administrator")),
        ],
    )
    course = SelectField(_l("Course"), validate_choice=False)
    organisation = SelectField(_l("Organisation"), coerce=int, validate_choice=False)
