"""Renewals: a new period when the window opens, a new enrolment in a course that was completed before."""

from __future__ import annotations

from datetime import date, datetime

from app.accounts.models import User
from app.catalogue.models import Course
from app.learning.models import Enrolment


def open_windows(day: date) -> int:
    """Make the next period of everybody in force whose window has opened by `day`; return how many. Again: none."""
    raise NotImplementedError


def may_take_again(user: User, course: Course, *, day: date) -> bool:
    """`user` has finished `course` and a period open on `day` can count only a new taking of it."""
    raise NotImplementedError


def take_again(user: User, course: Course, *, now: datetime) -> Enrolment:
    """Begin a course anew that is finished; what was done and its certificate stay with the former enrolment.

    Harmless while the new taking is open: returns it. Raises Refused when no renewal asks for it.
    """
    raise NotImplementedError
