"""Whether two decoded values are equal or close, and if not, the first thing that differs, in words a learner can use.

`equals` is exact: int and float, list and tuple, bool and int differ, only a scalar of numpy equals Python's number.
`close_to` takes any number for a number. Both compare shape before content.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inside import codec
from inside.values import Raised, Taken, Unsupported
from showing import kind, plain, shown

NUMBERS = (int, float, complex, Decimal, Fraction)


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """The first thing that differs: a key of `inside/notes.py` and its parameters."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)
    wrong_type: bool = False


Same = Callable[[Any, Any], bool]


def equals(expected: Any, got: Any) -> Mismatch | None:
    """None if `got` is exactly `expected`."""
    return unsupported(got) or _survived(expected, got, _exactly)


def close_to(expected: Any, got: Any, *, rel: float = 1e-9, abs: float = 0.0) -> Mismatch | None:
    """None if `got` has the shape of `expected` and its numbers are within max(rel * |expected|, abs)."""
    return unsupported(got) or _survived(expected, got, _Near(rel, abs))


def _survived(expected: Any, got: Any, same: Same) -> Mismatch | None:
    """A comparison that a learner's value can make fail, but not end."""
    try:
        return _compare(plain(expected), plain(got), "", same)
    except Exception as why:  # noqa: BLE001 - the value is the learner's, the mistake is ours: staff read it
        print(f"not compared: {type(why).__name__}: {why}", file=sys.stderr)
        return Mismatch(key="value.type", params={"type": kind(got)}, wrong_type=True)


def unsupported(value: Any, at: str = "") -> Mismatch | None:
    """What of `value` could not cross, if anything."""
    if isinstance(value, Unsupported):
        key = f"value.{value.why}"
        if value.type in ("function", "method", "builtin_function_or_method", "coroutine"):
            key = "value.not_called" if value.type != "coroutine" else "value.coroutine"
        elif value.type == "ellipsis":
            key = "value.unfilled"
        return Mismatch(key=key, params={"type": value.type, "at": at}, wrong_type=key != "value.unfilled")
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, (list, tuple)):
        inner = list(enumerate(value))
    elif isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, Taken):
        inner = list(enumerate(value.items))
    return next((found for key, item in inner if (found := unsupported(item, f"{at}[{key!r}]"))), None)


def _exactly(expected: Any, got: Any) -> bool:
    if type(expected) is not type(got):
        return False
    if isinstance(expected, float) and math.isnan(expected):
        return math.isnan(got)
    return bool(expected == got)


class _Near:
    """Numbers near each other, whatever their types; anything else exactly."""

    def __init__(self, rel: float, abs: float) -> None:
        self.rel, self.abs = rel, abs

    def __call__(self, expected: Any, got: Any) -> bool:
        if not (is_number(expected) and is_number(got)):
            return _exactly(expected, got)
        if isinstance(expected, complex) or isinstance(got, complex):
            try:
                distance = abs(complex(expected) - complex(got))
                return distance <= max(self.rel * abs(complex(expected)), self.abs)
            except OverflowError:
                return bool(expected == got)
        try:
            first, second = float(expected), float(got)
        except OverflowError:
            return bool(expected == got)
        if math.isnan(first) or math.isinf(first) or not math.isfinite(second):
            return first == second or (math.isnan(first) and math.isnan(second))
        return abs(first - second) <= max(self.rel * abs(first), self.abs)


def is_number(value: Any) -> bool:
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def _compare(expected: Any, got: Any, at: str, same: Same) -> Mismatch | None:
    import tables_compared

    if tables_compared.is_table(expected) or tables_compared.is_table(got):
        found = tables_compared.compare(expected, got, at, same)
    elif type(expected) in (list, tuple) and type(got) is type(expected):
        found = _sequences(expected, got, at, same)
    elif type(expected) is dict and type(got) is dict:
        found = _dicts(expected, got, at, same)
    elif type(expected) in (set, frozenset) and type(got) is type(expected):
        found = _sets(expected, got, at)
    elif isinstance(expected, Taken) and isinstance(got, Taken):
        found = _taken(expected, got, at, same)
    elif same(expected, got):
        return None
    else:
        found = _scalars(expected, got, at, same)
    return found


def _scalars(expected: Any, got: Any, at: str, same: Same) -> Mismatch:
    if got is None:
        return Mismatch(
            key="equals.none" if not at else "equals.none_at", params={"at": at, "expected": kind(expected)}
        )
    if kind(expected) == kind(got) or (isinstance(same, _Near) and is_number(expected) and is_number(got)):
        params = {"at": at, "expected": shown(expected)[:500], "got": shown(got)[:500]}
        if isinstance(got, str) and isinstance(expected, str):
            return Mismatch(key=_text_key(expected, got), params={"at": at})
        return Mismatch(key="equals.different_at" if at else "equals.different", params=params if at else {"at": at})
    return type_mismatch(expected, got, at)


def type_mismatch(expected: Any, got: Any, at: str) -> Mismatch:
    """Another type than asked; says so kindly when the values would be right."""
    params = {"at": at, "expected": kind(expected), "got": kind(got)}
    if isinstance(expected, Raised) or isinstance(got, Raised):
        return Mismatch(key="equals.type", params=params)
    if _loose(expected) == _loose(got):
        many = isinstance(_loose(expected), (list, dict))
        return Mismatch(key="equals.right_values" if many else "equals.right_value", params=params)
    if type(expected) is str and str(got) == expected:
        return Mismatch(key="equals.right_value", params=params)
    return Mismatch(key="equals.type_at" if at else "equals.type", params=params)


def _text_key(expected: str, got: str) -> str:
    if expected.casefold() == got.casefold():
        return "text.case"
    if "".join(expected.split()) == "".join(got.split()):
        return "text.blanks"
    return "equals.different"


def _sequences(expected: Any, got: Any, at: str, same: Same) -> Mismatch | None:
    for place, (first, second) in enumerate(zip(expected, got, strict=False)):
        found = _compare(first, second, f"{at}[{place}]", same)
        if found and len(expected) == len(got):
            if not at and _shuffled(expected, got):
                return Mismatch(key="equals.order", params={})
            return found
        if found:
            break
    if len(expected) == len(got):
        return None
    return Mismatch(key="equals.length", params={"at": at, "expected": len(expected), "got": len(got)})


def _shuffled(expected: Any, got: Any) -> bool:
    return sorted(map(canonical, expected)) == sorted(map(canonical, got))


def canonical(value: Any) -> bytes:
    """Bytes that are the same for equal values of equal types, whatever the order inside sets and dicts."""
    value = plain(value)
    if isinstance(value, (set, frozenset)):
        return type(value).__name__.encode() + b"\0".join(sorted(map(canonical, value)))
    if isinstance(value, dict):
        return b"dict" + b"\0".join(sorted(canonical(key) + b"\1" + canonical(item) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return type(value).__name__.encode() + b"\0".join(map(canonical, value))
    return codec.encode(value)


def _dicts(expected: Any, got: Any, at: str, same: Same) -> Mismatch | None:
    first, second = ({canonical(key): key for key in one} for one in (expected, got))
    missing = [shown(first[key]) for key in first if key not in second]
    extra = [shown(second[key]) for key in second if key not in first]
    if missing:
        return Mismatch(key="equals.keys_missing", params={"at": at, "keys": _few(missing)})
    if extra:
        return Mismatch(key="equals.keys_extra", params={"at": at, "keys": _few(extra)})
    for key, name in first.items():
        found = _compare(expected[name], got[second[key]], f"{at}[{shown(name)[:80]}]", same)
        if found:
            return found
    return None


def _sets(expected: Any, got: Any, at: str) -> Mismatch | None:
    first, second = ({canonical(item): item for item in one} for one in (expected, got))
    missing = [shown(first[key]) for key in first if key not in second]
    extra = [shown(second[key]) for key in second if key not in first]
    if missing:
        return Mismatch(key="equals.items_missing", params={"at": at, "items": _few(missing)})
    if extra:
        return Mismatch(key="equals.items_extra", params={"at": at, "items": _few(extra)})
    return None


def _taken(expected: Taken, got: Taken, at: str, same: Same) -> Mismatch | None:
    found = _sequences(expected.items, got.items, at, same)
    if found or expected.ended == got.ended:
        return found
    return Mismatch(key="equals.endless", params={"at": at})


def _few(texts: list[str]) -> str:
    return ", ".join(text[:80] for text in texts[:5]) + (", …" if len(texts) > 5 else "")


def _loose(value: Any) -> Any:
    """The value without its types: what is right in another type looks the same."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if isinstance(value, Taken):
        return _loose(value.items)
    if pandas is not None and isinstance(value, (pandas.Series, pandas.Index)):
        return _loose(value.tolist())
    if numpy is not None and isinstance(value, numpy.ndarray):
        return _loose(value.tolist())
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return object()  # like nothing else
    if isinstance(value, (list, tuple)):
        return [_loose(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((_loose(item) for item in value), key=repr)
    if isinstance(value, dict):
        return {key: _loose(item) for key, item in value.items()}
    return float(value) if isinstance(value, (bool, int)) and abs(value) < 2**53 else value
