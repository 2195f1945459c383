"""What a training officer types to say what is asked. Operations decide what is right; here only what can be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.curricula.models import Renewal, RequirementVersion
from app.curricula.requirements import Draft
from app.curricula.rules import Terms

LANGUAGES = ("az", "ru", "en")
COURSES_SHOWN = 3  # places for courses in a set that is new
PLACES = {"titles": "title_az", "due": "due_after"}  # where a refusal of the operation is shown
MOST_ROWS = 50  # sets, courses of a set, equivalents

needed = InputRequired(_("This is needed."))


class Number(IntegerField):
    """A whole number, or None where nothing was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if typed:
            try:
                self.data = int(typed)
            except ValueError:
                raise ValueError(gettext("“%(typed)s” is not a whole number.", typed=typed[:40])) from None


class Day(DateField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if typed:
            try:
                self.data = date.fromisoformat(typed)
            except ValueError:
                raise ValueError(gettext("“%(typed)s” is not a day.", typed=typed[:40])) from None


def course_field() -> SelectField:
    return SelectField(_("Course"), validate_choice=False)


class PartForm(Form):
    need = SelectField(
        _("What has to be finished"),
        choices=[
            ("all", _("All of these courses")),
            ("in_order", _("All of these courses, in this order")),
            ("any", _("Any of these courses, so many:")),
        ],
    )
    count = Number(_("How many"), [Optional()])
    courses = FieldList(course_field(), min_entries=COURSES_SHOWN, max_entries=MOST_ROWS)


class EquivalentForm(Form):
    course = course_field()
    instead = course_field()


class RequirementForm(FlaskForm):
    """`offer` the courses before it is shown or read."""

    code = StringField(_("Code"), [needed, Length(max=60)])
    title_az = StringField(_("Title in Azerbaijani"), [needed, Length(max=200)])
    title_ru = StringField(_("Title in Russian"), [Length(max=200)])
    title_en = StringField(_("Title in English"), [Length(max=200)])
    reason_az = TextAreaField(_("Reason in Azerbaijani"), [Length(max=1000)])
    reason_ru = TextAreaField(_("Reason in Russian"), [Length(max=1000)])
    reason_en = TextAreaField(_("Reason in English"), [Length(max=1000)])
    parts = FieldList(FormField(PartForm), _("Sets of courses"), min_entries=1, max_entries=MOST_ROWS)
    equivalents = FieldList(
        FormField(EquivalentForm), _("Courses that count in place of others"), min_entries=1, max_entries=MOST_ROWS
    )
    test_out = SelectField(_("Course that proves it all at once"), validate_choice=False)
    due_kind = RadioField(
        _("When is it due?"),
        choices=[("none", _("No due day")), ("on", _("On a fixed day")), ("after", _("So many days after something"))],
        default="after",
    )
    due_on = Day(_("Last day in time"), [Optional()])
    due_after = Number(_("Days"), [Optional()], default=30)
    due_from = SelectField(
        _("Counted from"),
        choices=[
            ("assigned", _("the day it is assigned")),
            ("job", _("the first day in the position")),
            ("sign_in", _("the first sign-in")),
            ("course", _("the completion of a course")),
        ],
    )
    due_course = SelectField(_("Which course"), validate_choice=False)
    closes_after_days = Number(_("Closes so many days after the due day"), [Optional()])
    validity_months = Number(_("Valid for months"), [Optional()])
    window_days = Number(_("Renewal opens so many days before expiry"), [Optional()], default=0)
    renewal = RadioField(
        _("From which day a renewal counts"),
        choices=[
            (Renewal.COMPLETION.value, _("From the day it is finished")),
            (Renewal.EXPIRY.value, _("From the end of the validity before")),
            (Renewal.FIXED.value, _("Always the same day of the year")),
        ],
        default=Renewal.COMPLETION.value,
    )
    minimum_validity_days = Number(_("Minimum validity in days"), [Optional()], default=0)
    look_back_days = Number(_("Look-back in days"), [Optional()], default=0)
    minimum_days = Number(_("Minimum time in days"), [Optional()], default=0)
    from_on = Day(_("The change holds from"), [Optional()])

    def offer(self, courses: Mapping[str, str]) -> None:
        """Fill the choices: {slug: title}."""
        choices = [("", gettext("Choose")), *courses.items()]
        single = [self.test_out, self.due_course]
        listed = [field for part in self.parts for field in part.courses]
        pairs = [field for pair in self.equivalents for field in (pair.course, pair.instead)]
        for field in (*single, *listed, *pairs):
            kept = [(field.data, field.data)] if field.data and field.data not in courses else []
            field.choices = choices + kept

    def grow(self, what: str) -> None:
        """More places to choose in: "part", "equivalent", "course-0"."""
        kind, _dash, number = what.partition("-")
        if kind == "part" and len(self.parts) < MOST_ROWS:
            self.parts.append_entry()
        elif kind == "equivalent" and len(self.equivalents) < MOST_ROWS:
            self.equivalents.append_entry()
        elif kind == "course" and number.isdecimal() and int(number) < len(self.parts):
            courses = self.parts[int(number)].courses
            for _more in range(min(COURSES_SHOWN, MOST_ROWS - len(courses))):
                courses.append_entry()

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        right = super().validate(extra_validators)
        self.parts.errors = [
            gettext("Set %(number)s: %(message)s", number=number, message=message)
            for number, part in enumerate(self.parts, 1)
            for message in part.count.errors
        ]
        self.equivalents.errors = []
        for missing, field, message in (
            (not any(self._chosen(part) for part in self.parts), self.parts, gettext("Choose at least one course.")),
            (self.due_kind.data == "on" and not self.due_on.data, self.due_on, gettext("Say on which day it is due.")),
            (self._unknown_days(), self.due_after, gettext("Say after how many days it is due.")),
            (self._unknown_course(), self.due_course, gettext("Say after which course the days count.")),
        ):
            if missing and not field.errors:
                field.errors = [message]
                right = False
        return right

    def _unknown_days(self) -> bool:
        return self.due_kind.data == "after" and self.due_after.data is None

    def _unknown_course(self) -> bool:
        return self.due_kind.data == "after" and self.due_from.data == "course" and not self.due_course.data

    @staticmethod
    def _chosen(part: Any) -> list[str]:
        return list(dict.fromkeys(field.data for field in part.courses if field.data))

    def terms(self) -> Terms:
        """What is typed about validity, for the examples; a year where nothing is typed."""
        return Terms(
            renewal=self.renewal.data or Renewal.COMPLETION,
            validity_months=min(self.validity_months.data or 12, 600),
            window_days=min(max(self.window_days.data or 0, 0), 365),
            minimum_validity_days=min(max(self.minimum_validity_days.data or 0, 0), 365),
        )

    def draft(self) -> Draft:
        return Draft(
            titles=self._texts("title"),
            reasons=self._texts("reason"),
            parts=[self._part(part) for part in self.parts if self._chosen(part)],
            equivalents=self._equivalents(),
            test_out=self.test_out.data or None,
            due=self._due(),
            closes_after_days=self.closes_after_days.data if self.due_kind.data != "none" else None,
            validity_months=self.validity_months.data,
            window_days=(self.window_days.data or 0) if self.validity_months.data else 0,
            renewal=self.renewal.data if self.validity_months.data else Renewal.COMPLETION.value,
            minimum_validity_days=(self.minimum_validity_days.data or 0) if self.validity_months.data else 0,
            look_back_days=self.look_back_days.data or 0,
            minimum_days=self.minimum_days.data or 0,
        )

    def _texts(self, name: str) -> dict[str, str]:
        typed = {language: (self[f"{name}_{language}"].data or "").strip() for language in LANGUAGES}
        return {language: text for language, text in typed.items() if text}

    def _part(self, part: Any) -> dict[str, Any]:
        said: dict[str, Any] = {"need": part.need.data, "courses": self._chosen(part)}
        return said | {"count": part.count.data or 1} if part.need.data == "any" else said

    def _equivalents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for pair in self.equivalents:
            course, instead = pair.course.data, pair.instead.data
            if course and instead and course != instead and instead not in found.get(course, ()):
                found.setdefault(course, []).append(instead)
        return found

    def _due(self) -> dict[str, Any]:
        if self.due_kind.data == "on":
            assert self.due_on.data
            return {"on": self.due_on.data.isoformat()}
        if self.due_kind.data != "after":
            return {}
        counted = {"after": self.due_after.data, "from": self.due_from.data}
        return counted | {"course": self.due_course.data} if self.due_from.data == "course" else counted


def typed_of(version: RequirementVersion) -> dict[str, Any]:
    """What a form is filled with to change `version`."""
    due = version.due
    same = ("test_out", "closes_after_days", "validity_months", "window_days", "renewal", "minimum_validity_days")
    return {
        **{f"title_{language}": version.titles.get(language, "") for language in LANGUAGES},
        **{f"reason_{language}": version.reasons.get(language, "") for language in LANGUAGES},
        **{name: getattr(version, name) for name in (*same, "look_back_days", "minimum_days")},
        "parts": version.parts,
        "equivalents": [
            {"course": course, "instead": instead} for course, found in version.equivalents.items() for instead in found
        ],
        "due_kind": "on" if "on" in due else "after" if "after" in due else "none",
        "due_on": date.fromisoformat(due["on"]) if "on" in due else None,
        "due_after": due.get("after"),
        "due_from": due.get("from", "assigned"),
        "due_course": due.get("course", ""),
    }
