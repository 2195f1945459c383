"""What pages and sentences call a training, in the language in force."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_time

from app.catalogue.models import Course
from app.clock import BAKU, in_baku
from app.web import language
from graders.course.model import Texts


def title_of(course: Course) -> str:
    return Texts(course.titles, "az").get(language())


def hours_text(starts_at: datetime, ends_at: datetime) -> str:
    """ "Monday, 23 November 2026, 10:00–13:00": Baku's time, as everything the centre holds."""
    day = format_date(in_baku(starts_at).date(), "EEEE, d MMMM y", locale=language())
    return f"{_begun(day)}, {clock_text(starts_at, ends_at)}"


def clock_text(starts_at: datetime, ends_at: datetime) -> str:
    """ "10:00–13:00"."""
    return "–".join(format_time(one, "HH:mm", tzinfo=BAKU, locale=language()) for one in (starts_at, ends_at))


def weekday(day: date) -> str:
    """ "Monday"."""
    return _begun(format_date(day, "EEEE", locale=language()))


def day_and_month(day: date) -> str:
    """ "23 November"."""
    return format_date(day, "d MMMM", locale=language())


def _begun(text: str) -> str:
    """With the capital letter of a beginning. No weekday begins with an i, which has two of them."""
    return text[:1].upper() + text[1:]
