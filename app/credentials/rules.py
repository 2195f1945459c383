"""When a certificate ends, what it is worth on a day, how was learnt what it is for. Pure."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Way(StrEnum):
    """How a course was learnt."""

    ONLINE = "online"
    IN_PERSON = "in_person"
    BOTH = "both"


def way(*, online: bool, attended: bool) -> Way:
    """`online`: there were items to be done; `attended`: enough of a training at the centre."""
    if not attended:
        return Way.ONLINE
    return Way.BOTH if online else Way.IN_PERSON


def expiry(issued_on: date, valid_months: int | None) -> date | None:
    """The last day of validity: the same day `valid_months` later, or that month's last; None: no end."""
    if valid_months is None:
        return None
    months = issued_on.month - 1 + valid_months
    year, month = issued_on.year + months // 12, months % 12 + 1
    return date(year, month, min(issued_on.day, calendar.monthrange(year, month)[1]))


def standing(*, revoked: bool, expires_on: date | None, today: date) -> Standing:
    if revoked:
        return Standing.REVOKED
    return Standing.EXPIRED if expires_on is not None and today > expires_on else Standing.VALID
