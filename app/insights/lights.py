"""Red, amber, green, grey: how an obligation is read at a glance, always with the word beside the colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, case

from app.curricula.rules import Status, is_expiring

SOON = timedelta(days=30)


class Light(IntEnum):
    """The more urgent, the smaller."""

    RED = 0
    AMBER = 1
    GREEN = 2
    GREY = 3

    @property
    def slug(self) -> str:
        return self.name.lower()


RED = (Status.OVERDUE, Status.EXPIRED, Status.FAILED)
OPEN = (Status.PENDING, Status.IN_PROGRESS)
DONE = (Status.VALID, Status.WINDOW_OPEN)

LIGHTS = {
    Light.RED: lazy_gettext("Late"),
    Light.AMBER: lazy_gettext("Due soon"),
    Light.GREEN: lazy_gettext("In order"),
    Light.GREY: lazy_gettext("Not asked now"),
}
MEANING = {
    Light.RED: lazy_gettext("overdue, expired or failed"),
    Light.AMBER: lazy_gettext("due within 30 days, or to be renewed"),
    Light.GREEN: lazy_gettext("valid, or there is still time"),
    Light.GREY: lazy_gettext("exempt, on leave, or not begun yet"),
}
KINDS = {Light.RED: "bad", Light.AMBER: "warn", Light.GREEN: "good", Light.GREY: ""}
SIGNS = {Light.RED: "warning", Light.AMBER: "clock", Light.GREEN: "check", Light.GREY: "half"}

WORDS = {
    Status.ARCHIVED: lazy_gettext("No longer asked"),
    Status.EXEMPT: lazy_gettext("Exempt"),
    Status.SUSPENDED: lazy_gettext("On leave"),
    Status.VALID: lazy_gettext("Valid"),
    Status.WINDOW_OPEN: lazy_gettext("To be renewed"),
    Status.EXPIRED: lazy_gettext("Expired"),
    Status.FUTURE: lazy_gettext("Not begun yet"),
    Status.FAILED: lazy_gettext("Failed: the last day has passed"),
    Status.OVERDUE: lazy_gettext("Overdue"),
    Status.IN_PROGRESS: lazy_gettext("In progress"),
    Status.PENDING: lazy_gettext("Not started"),
}
EXPIRING = lazy_gettext("Expires soon")


def light_on(day: date, status: Any, due_on: Any) -> ColumnElement[int]:
    """The light of a row with these columns, as a number; archived ones are for the caller to leave out."""
    return case(
        (status.in_(RED), int(Light.RED)),
        (status == Status.WINDOW_OPEN, int(Light.AMBER)),
        (status.in_(OPEN) & (due_on <= day + SOON), int(Light.AMBER)),
        (status.in_((*OPEN, Status.VALID)), int(Light.GREEN)),
        else_=int(Light.GREY),
    )


def light_of(day: date, status: Status, due_on: date | None) -> Light:
    """The same of one obligation."""
    if status in RED:
        return Light.RED
    if status is Status.WINDOW_OPEN or (status in OPEN and due_on is not None and due_on <= day + SOON):
        return Light.AMBER
    return Light.GREEN if status in (*OPEN, Status.VALID) else Light.GREY


def status_words(day: date, status: Status, expires_on: date | None) -> str:
    if status is Status.WINDOW_OPEN and is_expiring(day, expires_on):
        return str(EXPIRING)
    return str(WORDS[status])


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many there are of each light."""

    red: int = 0
    amber: int = 0
    green: int = 0
    grey: int = 0

    def of(self, light: Light) -> int:
        return (self.red, self.amber, self.green, self.grey)[light]

    @property
    def counted(self) -> int:
        """Of what is asked now: grey ones do not count for or against."""
        return self.red + self.amber + self.green

    @property
    def total(self) -> int:
        return self.counted + self.grey

    @property
    def in_order(self) -> int:
        return self.amber + self.green

    @property
    def share(self) -> float | None:
        """In order of all that count, 0..1; None where nothing counts."""
        return self.in_order / self.counted if self.counted else None

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            red=self.red + other.red,
            amber=self.amber + other.amber,
            green=self.green + other.green,
            grey=self.grey + other.grey,
        )


def counts(by_light: dict[int, int]) -> Counts:
    return Counts(**{light.slug: by_light.get(light, 0) for light in Light})
