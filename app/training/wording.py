"""What pages and sentences call a training, in the language in force."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date, format_time

from app.catalogue.models import Course
from app.clock import BAKU, in_baku
from app.web import language
from graders.course.model import Texts


def title_of(course: Course) -> str:
    return Texts(course.titles, "az").get(language())


def hours_text(starts_at: datetime, ends_at: datetime) -> str:
    """ "Mon, 23 November 2026, 10:00–13:00": Baku's time, as everything the centre holds."""
    locale = language()
    day = format_date(in_baku(starts_at).date(), "EEE, d MMMM y", locale=locale)
    first, last = (format_time(one, "HH:mm", tzinfo=BAKU, locale=locale) for one in (starts_at, ends_at))
    return f"{day}, {first}–{last}"
