"""The one place that asks what time it is; operations receive `now`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.config import TIME_ZONE

BAKU = ZoneInfo(TIME_ZONE)
DAY = timedelta(days=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


def in_baku(moment: datetime) -> datetime:
    return moment.astimezone(BAKU)


def today() -> date:
    """The day it is in Baku, for pages; operations receive `now`."""
    return in_baku(utc_now()).date()


def begins(day: date) -> datetime:
    """The moment at which `day` begins in Baku."""
    return datetime.combine(day, time(), BAKU).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The moment at which `day` is over in Baku: the first that is not of it any more."""
    return begins(day + DAY)
