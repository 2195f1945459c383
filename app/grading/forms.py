"""Forms of staff: what is graded again, and whether it counts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.grading.models import Which
from app.grading.rejudging import MOST_REASON

WHICH = [
    (Which.BEST, _("The best submission of each learner")),
    (Which.LATEST, _("The latest submission of each learner")),
    (Which.ALL, _("All submissions")),
]
REASON = [DataRequired(_("Give a reason: it is told to learners whose result changes.")), Length(max=MOST_REASON)]


class RejudgeForm(FlaskForm):
    item = SelectField(_("Exercise"))
    which = RadioField(_("What is graded again"), choices=WHICH, default=Which.BEST)
    reason = TextAreaField(_("Reason"), validators=REASON)


class ApplyForm(FlaskForm):
    reason = TextAreaField(_("Reason, as learners read it"), validators=REASON)
    never_lower = BooleanField(_("Never lower: where the new result is lower, the old one stays"))
