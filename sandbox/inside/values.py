"""What crosses the border besides plain values, the limits of the crossing, and its error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST_BYTES = 4 * 1024 * 1024  # that the decoder takes
MOST_MADE = 3 * 1024 * 1024  # that the encoder gives: an answer holds more than its value
MOST_DEPTH = 64
MOST_NODES = 200_000
MOST_BLOB = 1024 * 1024  # of one bytes value
MOST_DIGITS = 4000  # of one int
MOST_CLASHES = 1000  # keys with one hash: more are made to collide, and cost the square of their number

Packed = Any  # plain JSON: None, bool, str, list


class CodecError(Exception):
    """Not a value of this codec, or one over its limits."""


@dataclass(frozen=True, kw_only=True)
class Unsupported:
    """A value that cannot cross; equal to nothing, itself included. `why`: type | cyclic | deep | large."""

    type: str
    why: str = "type"

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was taken from an iterator: at most so many items; `ended` if there were no more."""

    items: list[Any]
    ended: bool


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An exception as a value. `name` is that of a built-in class, or "other"."""

    name: str
    args: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Bars drawn by one call: heights (lengths, when they lie) by tick label or position."""

    label: str
    heights: dict[Any, float]


@dataclass(frozen=True, kw_only=True)
class Axes:
    """What one pair of axes shows, as data. `lines` and `points` are (xs, ys)."""

    title: str
    xlabel: str
    ylabel: str
    legend: list[str]
    bars: list[Bars]
    lines: list[tuple[list[Any], list[Any]]]
    points: list[tuple[list[Any], list[Any]]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure as data, taken when it was shown."""

    axes: list[Axes]
