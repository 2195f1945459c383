"""The one place that asks what time it is; operations receive `now`."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.config import TIME_ZONE

BAKU = ZoneInfo(TIME_ZONE)


def utc_now() -> datetime:
    return datetime.now(UTC)


def in_baku(moment: datetime) -> datetime:
    return moment.astimezone(BAKU)
