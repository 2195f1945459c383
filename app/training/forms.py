"""Forms of rooms and trainings. What is typed as a time is Baku's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.clock import BAKU, in_baku
from app.errors import Refused
from app.training.models import Training
from app.training.planning import Plan, Slot
from app.web import row_number

LANGUAGES = [("az", "Azərbaycanca"), ("ru", "Русский"), ("en", "English")]
SPARE = 3  # empty rows for more meetings


class RoomForm(FlaskForm):
    name = StringField(_("Name of the room"), [DataRequired(_("Give the room a name.")), Length(max=200)])
    place = StringField(_("Address"), [DataRequired(_("Say where it is.")), Length(max=200)])
    seats = IntegerField(_("Seats"), [InputRequired(_("Say how many seats.")), NumberRange(1, 10_000)])


class MeetingForm(Form):
    """A row that is empty plans nothing."""

    meeting_id = HiddenField()
    day = DateField(_("Day"), [Optional()])
    starts = TimeField(_("Begins at"), [Optional()])
    ends = TimeField(_("Ends at"), [Optional()])
    room = SelectField(_("Room"), [Optional()], validate_choice=False)  # planning looks whether there is one


class TrainingForm(FlaskForm):
    trainer_id = SelectField(_("Trainer"), coerce=int)
    language = SelectField(_("Language"), choices=LANGUAGES)
    seats = IntegerField(_("Seats"), [InputRequired(_("Say how many seats.")), NumberRange(1, 10_000)])
    meetings = FieldList(FormField(MeetingForm), max_entries=40)
    joins_until = DateTimeLocalField(_("One may join until"), [Optional()])
    cancels_until = DateTimeLocalField(_("One may cancel until"), [Optional()])
    percent = IntegerField(
        _("Share of the meetings to be attended, in percent"), [InputRequired(_("Say how much.")), NumberRange(1, 100)]
    )
    note = TextAreaField(_("Note"), [Length(max=5000)])
    confirmed = HiddenField()

    def offer(self, trainers: list[Any], rooms: list[Any]) -> None:
        """The choices, and empty rows for more meetings."""
        self.trainer_id.choices = [(one.id, one.name) for one in trainers]
        if not self.is_submitted():
            for _row in range(SPARE):
                self.meetings.append_entry()
        for row in self.meetings:
            row.form.room.choices = [("", "—"), *((str(one.id), f"{one.name} ({one.seats})") for one in rooms)]

    def validate(self, extra_validators: Any = None) -> bool:
        """What is wrong with a row is said at its field, and on top in one sentence."""
        good = bool(super().validate(extra_validators))
        if self.meetings.errors:
            self.meetings.errors = []
            self.form_errors.append(gettext("A day or a time of a meeting cannot be read."))
        return good

    def plan(self) -> Plan:
        """Raises Refused (field "meetings") for a row that is half filled in."""
        slots = tuple(slot for row in self.meetings if (slot := _slot(row.form)) is not None)
        return Plan(
            trainer_id=self.trainer_id.data,
            language=self.language.data,
            seats=self.seats.data or 0,
            joins_until=_moment(self.joins_until.data),
            cancels_until=_moment(self.cancels_until.data),
            share=(self.percent.data or 0) / 100,
            note=self.note.data or "",
            slots=slots,
        )


def _slot(row: Any) -> Slot | None:
    given = (row.day.data, row.starts.data, row.ends.data)
    if not any(given):
        return None
    if not all(given) or not row.room.data:
        raise Refused(gettext("A meeting has a day, a beginning, an end and a room."), field="meetings")
    starts_at, ends_at = (datetime.combine(row.day.data, at, BAKU) for at in given[1:])
    known = int(row.meeting_id.data) if (row.meeting_id.data or "").isdecimal() else None
    try:
        room_id = row_number(row.room.data)
    except ValueError:
        raise Refused(gettext("Choose a room."), field="meetings") from None
    return Slot(meeting_id=known, starts_at=starts_at, ends_at=ends_at, room_id=room_id)


def _moment(typed: datetime | None) -> datetime | None:
    return typed.replace(tzinfo=BAKU) if typed is not None else None


def as_typed(training: Training) -> dict[str, Any]:
    """What the form shows of a training that is there."""

    def local(moment: datetime | None) -> datetime | None:
        return in_baku(moment).replace(tzinfo=None) if moment is not None else None

    return {
        "trainer_id": training.trainer_id,
        "language": training.language,
        "seats": training.seats,
        "joins_until": local(training.joins_until),
        "cancels_until": local(training.cancels_until),
        "percent": round(training.share * 100),
        "note": training.note,
        "meetings": [
            {
                "meeting_id": one.id,
                "day": in_baku(one.starts_at).date(),
                "starts": in_baku(one.starts_at).time(),
                "ends": in_baku(one.ends_at).time(),
                "room": str(one.room_id),
            }
            for one in training.meetings
        ],
    }
