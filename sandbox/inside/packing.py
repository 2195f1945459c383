"""The encoder of value codec v1: asks for exact types, counts as it goes. Use it through `codec`."""

from __future__ import annotations

import base64
import builtins
import collections
import datetime as dt
import decimal
import enum
import fractions
import math
import re
import sys
from typing import Any

from .values import MOST_BLOB, MOST_DEPTH, MOST_DIGITS, MOST_MADE, MOST_NODES, Axes, Figure, Packed, Taken


def type_name(value: Any) -> str:
    """Name of the type of `value`, with its module unless built in, safe to show."""
    kind = type(value)
    try:
        name, module = str(kind.__qualname__), str(kind.__module__)
    except Exception:  # noqa: BLE001 - a metaclass may do anything here
        return "object"
    full = name if module in ("builtins", "__main__") else f"{module}.{name}"
    return re.sub(r"[^A-Za-z0-9_.]", "", full)[:80] or "object"


def plain_text(text: str) -> str:
    """`text` without lone surrogates, which cannot be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Refusal(Exception):
    """The whole value cannot cross; `reason` as in Unsupported.why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class Packer:
    """One walk over one value, counting as it goes. Everything it can raise is caught in `pack`."""

    def __init__(self) -> None:
        self.nodes = 0
        self.size = 0
        self.above: set[int] = set()

    def pack(self, value: Any, depth: int) -> Packed:
        self.count(8, depth)
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            self.count(len(value), depth)
            return plain_text(value)
        simple = _PACK.get(kind)
        if simple is not None:
            packed: Packed = simple(self, value)
            return packed
        shape = _SHAPES.get(kind)
        if shape is None and issubclass(kind, tuple) and kind.__base__ is tuple and "_fields" in kind.__dict__:
            shape = "t"  # a namedtuple; what it says of itself is not asked
        if shape is not None:
            return self.container(shape, value, depth)
        if type(kind) is enum.EnumType and issubclass(kind, int):
            return _int(self, int.__index__(value))
        if issubclass(kind, BaseException):
            name = kind.__name__ if kind in EXCEPTIONS else "other"
            return ["x", name, self.items(BaseException.args.__get__(value), depth)]  # type: ignore[attr-defined]
        return self.foreign(value, depth)

    def container(self, shape: str, value: Any, depth: int) -> Packed:
        with self.inside(value):
            if shape == "d":
                pairs = list(dict.items(value))
                return ["d", [self.items(pair, depth) for pair in pairs]]
            base: type = {"l": list, "t": tuple, "s": set, "fs": frozenset}[shape]
            return [shape, self.items(base.__iter__(value), depth)]  # type: ignore[attr-defined]

    def items(self, values: Any, depth: int) -> list[Packed]:
        return [self.pack(item, depth + 1) for item in values]

    def foreign(self, value: Any, depth: int) -> Packed:
        """Values of packages, and everything that cannot cross."""
        if type(value) in (Taken, Figure):
            return _own(self, value, depth)
        if "numpy" in sys.modules:
            from . import tables

            packed = tables.pack(self, value, depth)
            if packed is not None:
                return packed
        return ["u", type_name(value), "type"]

    def count(self, size: int, depth: int) -> None:
        self.nodes += 1
        self.size += size
        if depth > MOST_DEPTH:
            raise Refusal("deep")
        if self.nodes > MOST_NODES or self.size > MOST_MADE:
            raise Refusal("large")

    def blob(self, data: bytes) -> str:
        self.count(len(data) * 4 // 3, 0)
        return base64.b64encode(data).decode()

    def inside(self, value: Any) -> _Inside:
        return _Inside(self.above, id(value))


class _Inside:
    """Notices a container that holds itself."""

    def __init__(self, above: set[int], key: int) -> None:
        self.above, self.key = above, key

    def __enter__(self) -> None:
        if self.key in self.above:
            raise Refusal("cyclic")
        self.above.add(self.key)

    def __exit__(self, *_: object) -> None:
        self.above.discard(self.key)


def _int(packer: Packer, value: int) -> Packed:
    if value.bit_length() > MOST_DIGITS * 3.32:
        raise Refusal("large")
    text = int.__repr__(value)
    packer.count(len(text), 0)
    return ["i", text]


def _float(value: float) -> str:
    return float.hex(value) if math.isfinite(value) else float.__repr__(value)


def _bytes(packer: Packer, value: bytes) -> Packed:
    if len(value) > MOST_BLOB:
        raise Refusal("large")
    return ["b", packer.blob(value)]


def _own(packer: Packer, value: Any, depth: int) -> Packed:
    if type(value) is Taken:
        return ["it", packer.items(value.items, depth), value.ended]
    return ["fig", [_axes(packer, axes, depth + 1) for axes in value.axes]]


def _axes(packer: Packer, axes: Axes, depth: int) -> Packed:
    def pairs(many: Any) -> Packed:
        return [[packer.items(xs, depth), packer.items(ys, depth)] for xs, ys in many]

    bars = [[bars.label, [packer.items(pair, depth) for pair in bars.heights.items()]] for bars in axes.bars]
    texts = [plain_text(text)[:500] for text in (axes.title, axes.xlabel, axes.ylabel)]
    return [*texts, [plain_text(text)[:500] for text in axes.legend], bars, pairs(axes.lines), pairs(axes.points)]


def _decimal(packer: Packer, value: decimal.Decimal) -> Packed:
    if decimal.Decimal.is_snan(value):  # raises at whoever compares with it
        return ["u", "decimal.Decimal", "type"]
    text = decimal.Decimal.__str__(value)
    if len(text) > MOST_DIGITS:
        raise Refusal("large")
    return ["dec", text]


EXCEPTIONS: dict[type, str] = {
    kind: name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
_SHAPES: dict[type, str] = {
    list: "l", tuple: "t", set: "s", frozenset: "fs", dict: "d",
    collections.OrderedDict: "d", collections.defaultdict: "d", collections.Counter: "d",
}  # fmt: skip
_PACK: dict[type, Any] = {
    int: _int,
    float: lambda _, v: ["f", _float(v)],
    complex: lambda _, v: ["c", _float(v.real), _float(v.imag)],
    bytes: _bytes,
    decimal.Decimal: _decimal,
    fractions.Fraction: lambda p, v: ["fr", _int(p, v.numerator)[1], _int(p, v.denominator)[1]],
    dt.date: lambda _, v: ["date", v.isoformat()],
    dt.time: lambda _, v: ["time", v.isoformat()],
    dt.datetime: lambda _, v: ["dt", v.isoformat()],
    dt.timedelta: lambda _, v: ["td", str(v.days), str(v.seconds), str(v.microseconds)],
}
