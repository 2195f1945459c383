"""Periods are begun and completed by enrolments: as soon as the worker looks, and every night for what was missed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime


def complete_due(now: datetime) -> int:
    """Note what enrolments begun or finished in the last days mean; return how many periods were completed.

    Cheap when nothing happened; again changes nothing. Call it after anything that may have completed an enrolment.
    """
    raise NotImplementedError


def complete(day: date, *, users: Collection[int] | None = None) -> int:
    """The same for every enrolment there is (of `users`); return how many periods were completed."""
    raise NotImplementedError
