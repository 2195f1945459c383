"""Times, numbers and names as people read them, in the language of the page. Times are those of Baku, and say so."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext, ngettext
from markupsafe import Markup

from app.clock import BAKU, in_baku, utc_now


def moment_text(moment: datetime) -> str:
    """ "22 Nov 2026, 14:02 (Baku)" as plain text, for mails and attributes."""
    place = gettext("Baku")  # on a line of its own: texts inside an f-string are not collected for translation
    return f"{format_datetime(moment, 'd MMM y, HH:mm', tzinfo=BAKU, locale=_language())} ({place})"


def moment(moment: datetime) -> Markup:
    """The same as a <time> element."""
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="seconds"), moment_text(moment))


def day(value: date | datetime) -> Markup:
    """ "22 November 2026": the day in Baku."""
    if isinstance(value, datetime):
        value = in_baku(value).date()
    text = format_date(value, "d MMMM y", locale=_language())
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)


def day_text(iso: str) -> str:
    """ "2026-11-22" → "22 November 2026" as plain text: days kept in the JSON of a notice."""
    return format_date(date.fromisoformat(iso), "d MMMM y", locale=_language())


def ago(moment: datetime, now: datetime | None = None) -> Markup:
    """ "5 minutes ago", "yesterday"; after a week the day. The exact time is its title."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), moment_text(moment), ago_text(moment, now or utc_now())
    )


def ago_text(moment: datetime, now: datetime) -> str:
    passed = now - moment
    if passed < timedelta(minutes=1):
        return gettext("just now")
    if passed < timedelta(hours=1):
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", int(passed.total_seconds() // 60))
    if passed < timedelta(days=1):
        return ngettext("%(num)d hour ago", "%(num)d hours ago", int(passed.total_seconds() // 3600))
    days = (in_baku(now).date() - in_baku(moment).date()).days
    if days <= 1:
        return gettext("yesterday")
    if days <= 7:
        return ngettext("%(num)d day ago", "%(num)d days ago", days)
    return format_date(in_baku(moment).date(), "d MMMM y", locale=_language())


def days_left(until: date, today: date) -> str:
    """ "3 days left", "today", "2 days late"."""
    days = (until - today).days
    if days == 0:
        return gettext("today")
    if days > 0:
        return ngettext("%(num)d day left", "%(num)d days left", days)
    return ngettext("%(num)d day late", "%(num)d days late", -days)


def number(value: float, digits: int = 1) -> str:
    """1234.5 → "1,234.5" as the language writes it; no more than `digits` after the point."""
    return str(format_decimal(round(value, digits), locale=_language()))


def points(value: float, most: float | None = None) -> str:
    """ "7.5", or "7.5 / 10" where the most is given."""
    return number(value) if most is None else f"{number(value)} / {number(most)}"


def percent(share: float) -> str:
    """0.853 → "85%". Rounded down: nothing unfinished is shown as whole."""
    return f"{int(share * 100 + 1e-9)}%"


def size(count: int) -> str:
    """Bytes as "812 B", "14.2 KB", "5 MB"."""
    for unit, factor in (("MB", 1024 * 1024), ("KB", 1024)):
        if count >= factor:
            return f"{number(count / factor)} {unit}"
    return f"{count} B"


def initials(name: str) -> str:
    """ "Aygün Məmmədova" → "AM"."""
    words = name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words[:1])).upper() or "?"


def _language() -> str:
    return str(get_locale() or "en")


def from_iso(text: str) -> datetime:
    """A moment that travelled as text (the parameters of a notice)."""
    return datetime.fromisoformat(text)


def init_app(app: Flask) -> None:
    for function in (moment, moment_text, day, day_text, ago, days_left, number, points, percent, initials, from_iso):
        app.add_template_filter(function)
    app.add_template_filter(size, "bytes")
