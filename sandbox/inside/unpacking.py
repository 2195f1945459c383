"""The decoder of value codec v1: one bounded walk over hostile JSON. Use it through `codec`."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import decimal
import fractions
import re
from collections import Counter
from typing import Any

from .packing import EXCEPTIONS, plain_text
from .values import (
    MOST_BLOB,
    MOST_BYTES,
    MOST_CLASHES,
    MOST_DEPTH,
    MOST_DIGITS,
    MOST_NODES,
    Axes,
    Bars,
    CodecError,
    Figure,
    Packed,
    Raised,
    Taken,
    Unsupported,
)

_INT = re.compile(rf"-?[0-9]{{1,{MOST_DIGITS}}}")
_FLOAT = re.compile(r"-?0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,4}|nan|-?inf")
_DECIMAL = re.compile(r"-?(?:[0-9]{1,4000}(?:\.[0-9]{1,4000})?(?:E[+-]?[0-9]{1,6})?|Infinity|NaN[0-9]{0,20})")
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?(?:[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{6})?)?)?"
_NAME = re.compile(r"[A-Za-z0-9_.]{1,80}")
_EXCEPTION_NAMES = frozenset(EXCEPTIONS.values()) | {"other"}
_WHYS = frozenset({"type", "cyclic", "deep", "large"})


class Unpacker:
    """One walk over parsed JSON. Everything it can raise becomes CodecError in `unpack`."""

    def __init__(self) -> None:
        self.nodes = 0

    def unpack(self, packed: Packed, depth: int) -> Any:
        self.count(depth)
        if packed is None or packed is True or packed is False:
            return packed
        if type(packed) is str:
            return plain_text(packed)
        if type(packed) is not list or not packed or type(packed[0]) is not str:
            raise CodecError("neither a text nor a tagged list")
        reader = _UNPACK.get(packed[0])
        if reader is None:
            raise CodecError("an unknown tag")
        return reader(self, depth, *packed[1:])

    def count(self, depth: int) -> None:
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES:
            raise CodecError("too deep or too many values")

    def items(self, packed: Packed, depth: int) -> list[Any]:
        return [self.unpack(item, depth + 1) for item in listed(packed)]

    def pairs(self, packed: Packed, depth: int) -> dict[Any, Any]:
        found = [
            (self.unpack(key, depth + 1), self.unpack(value, depth + 1)) for key, value in map(two, listed(packed))
        ]
        distinct([key for key, _ in found])
        return dict(found)


def listed(packed: Packed) -> list[Packed]:
    """`packed` if it is a plain list."""
    if type(packed) is not list:
        raise CodecError("a list is missing")
    return packed


def two(packed: Packed) -> list[Packed]:
    if len(listed(packed)) != 2:
        raise CodecError("not a pair")
    return listed(packed)


def text(packed: Packed, pattern: re.Pattern[str] | str, most: int = 10_000) -> str:
    """`packed` if it is a text that matches as a whole."""
    if type(packed) is not str or len(packed) > most or re.fullmatch(pattern, packed) is None:
        raise CodecError("a text of another form")
    return packed


def integer(packed: Packed) -> int:
    return int(text(packed, _INT))


def blob(packed: Packed, most: int = MOST_BYTES) -> bytes:
    if type(packed) is not str or len(packed) > most * 4 // 3 + 4:
        raise CodecError("bytes that are too long")
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise CodecError("not base64") from None


def distinct(keys: list[Any]) -> set[Any]:
    """The keys as a set; refuses doubles, and keys made to collide: hashes of numbers and their tuples have no seed."""
    if max(Counter(map(hash, keys)).values(), default=0) > MOST_CLASHES:
        raise CodecError("keys made to collide")
    found = set(keys)
    if len(found) != len(keys):
        raise CodecError("a key or an element twice")
    return found


def _read_float(packed: Packed) -> float:
    found = text(packed, _FLOAT)
    return float(found) if found[-1] in "nf" else float.fromhex(found)


def _read_blob(_: Unpacker, __: int, packed: Packed) -> bytes:
    data = blob(packed)
    if len(data) > MOST_BLOB:
        raise CodecError("bytes that are too long")
    return data


def _read_axes(unpacker: Unpacker, depth: int, packed: Packed) -> Axes:
    unpacker.count(depth)
    title, xlabel, ylabel, legend, bars, lines, points = listed(packed)
    texts = [_label(one) for one in (title, xlabel, ylabel, *listed(legend))]

    def pairs(many: Packed) -> list[tuple[list[Any], list[Any]]]:
        found = [(unpacker.items(xs, depth), unpacker.items(ys, depth)) for xs, ys in map(two, listed(many))]
        if any(len(xs) != len(ys) for xs, ys in found):
            raise CodecError("points without a partner")
        return found

    def heights(one: Packed) -> dict[Any, float]:
        found = unpacker.pairs(one, depth)
        if any(type(height) is not float for height in found.values()):
            raise CodecError("a height that is no number")
        return found

    return Axes(
        title=texts[0],
        xlabel=texts[1],
        ylabel=texts[2],
        legend=texts[3:],
        bars=[Bars(label=_label(name), heights=heights(one)) for name, one in map(two, listed(bars))],
        lines=pairs(lines),
        points=pairs(points),
    )


def _label(packed: Packed) -> str:
    return plain_text(text(packed, r"(?s:.*)", 500))


def _table(unpacker: Unpacker, depth: int, *packed: Packed, tag: str) -> Any:
    from . import tables

    return tables.READERS[tag](unpacker, depth, *packed)


def _table_reader(tag: str) -> Any:
    return lambda unpacker, depth, *packed: _table(unpacker, depth, *packed, tag=tag)


def _exactly(packed: Packed, allowed: Any) -> Any:
    if packed not in allowed or type(packed) not in (str, bool):
        raise CodecError("not one of a list")
    return packed


_UNPACK: dict[str, Any] = {
    "i": lambda u, d, v: integer(v),
    "f": lambda u, d, v: _read_float(v),
    "c": lambda u, d, re_, im: complex(_read_float(re_), _read_float(im)),
    "b": _read_blob,
    "l": lambda u, d, v: u.items(v, d),
    "t": lambda u, d, v: tuple(u.items(v, d)),
    "s": lambda u, d, v: distinct(u.items(v, d)),
    "fs": lambda u, d, v: frozenset(distinct(u.items(v, d))),
    "d": lambda u, d, v: u.pairs(v, d),
    "it": lambda u, d, v, ended: Taken(items=u.items(v, d), ended=_exactly(ended, (True, False))),
    "dec": lambda u, d, v: decimal.Decimal(text(v, _DECIMAL)),
    "fr": lambda u, d, over, under: fractions.Fraction(integer(over), integer(under)),
    "date": lambda u, d, v: dt.date.fromisoformat(text(v, _DATE, 10)),
    "time": lambda u, d, v: dt.time.fromisoformat(text(v, _TIME, 40)),
    "dt": lambda u, d, v: dt.datetime.fromisoformat(text(v, f"{_DATE}T{_TIME}", 50)),
    "td": lambda u, d, days, secs, micros: dt.timedelta(integer(days), integer(secs), integer(micros)),
    "x": lambda u, d, name, args: Raised(name=_exactly(name, _EXCEPTION_NAMES), args=tuple(u.items(args, d))),
    "u": lambda u, d, name, why: Unsupported(type=text(name, _NAME, 80), why=_exactly(why, _WHYS)),
    "fig": lambda u, d, axes: Figure(axes=[_read_axes(u, d + 1, one) for one in listed(axes)]),
} | {tag: _table_reader(tag) for tag in ("na", "no", "ns", "se", "df", "ix")}  # fmt: skip
