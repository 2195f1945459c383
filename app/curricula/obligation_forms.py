"""What is typed on the page of one obligation: by the learner, by the training officer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.curricula.requirement_forms import Day

needed = InputRequired(_("This is needed."))
DOCUMENT = _("Document (PDF, JPEG or PNG, up to 10 MB)")


class TimeForm(FlaskForm):
    """More time, asked for or given."""

    wanted_on = Day(_("Until when"), [needed])
    reason = TextAreaField(_("Reason"), [needed, Length(max=500)])


class EvidenceForm(FlaskForm):
    title = StringField(_("What was learnt"), [needed, Length(max=200)])
    issuer = StringField(_("Who confirms it"), [needed, Length(max=200)])
    learnt_on = Day(_("Day on the document"), [needed])
    document = FileField(DOCUMENT)
    note = TextAreaField(_("Remark"), [Length(max=1000)])


class ExemptForm(FlaskForm):
    kind = SelectField(
        _("Kind of reason"),
        choices=[
            ("qualified", _("Is qualified otherwise")),
            ("medical", _("Medical")),
            ("retiring", _("Retires soon")),
            ("other", _("Another one")),
        ],
    )
    reason = TextAreaField(_("Reason"), [needed, Length(max=500)])
    from_on = Day(_("First day"), [needed])
    until_on = Day(_("Last day"), [Optional()])
    document = FileField(DOCUMENT)


class AnswerForm(FlaskForm):
    """To a request; `granted_on` only where it is about time."""

    decision = RadioField(
        _("Decision"),
        [InputRequired(_("Choose one of them."))],
        choices=[("grant", _("Grant")), ("refuse", _("Refuse"))],
    )
    granted_on = Day(_("Until when"), [Optional()])
    answer = TextAreaField(_("Answer"), [Length(max=500)])
