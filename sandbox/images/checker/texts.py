"""Printed texts compared as people read them: as text, as words, or as words among which numbers need only be near."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from comparing import Mismatch, close_to


def normal(text: str) -> str:
    """Without what nobody sees: CR before LF, blanks at line ends, last newlines, the two ways to write a letter."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n")


def normal_both(expected: str, got: str) -> tuple[str, str]:
    return normal(expected), normal(got)


def compare(expected: str, got: str, *, compare: str, rel: float = 1e-9, abs: float = 0.0) -> Mismatch | None:
    """The first Mismatch of two texts; None if they are the same in this way."""
    wanted, given = normal_both(expected, got)
    if wanted == given:
        return None
    if not given.strip():
        return Mismatch(key="prints.nothing")
    if compare == "text":
        return _text(wanted, given)
    first, second = wanted.split(), given.split()
    if len(first) != len(second):
        return Mismatch(key="tokens.count", params={"expected": len(first), "got": len(second)})
    for place, (one, two) in enumerate(zip(first, second, strict=True)):
        if one != two and not (compare == "numbers" and _near(one, two, rel, abs)):
            return Mismatch(
                key="tokens.different", params={"place": place + 1, "expected": one[:200], "got": two[:200]}
            )
    return None


def _text(wanted: str, given: str) -> Mismatch:
    if wanted.split() == given.split():
        return Mismatch(key="text.blanks")
    if wanted.casefold() == given.casefold():
        return Mismatch(key="text.case")
    first, second = wanted.split("\n"), given.split("\n")
    if len(first) != len(second):
        return Mismatch(key="text.lines", params={"expected": len(first), "got": len(second)})
    line = next(at for at, (one, two) in enumerate(zip(first, second, strict=True)) if one != two)
    return Mismatch(key="text.line", params={"line": line + 1})


def _near(one: str, two: str, rel: float, abs: float) -> bool:
    form = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?|[+-]?(?:nan|inf)"
    if not (re.fullmatch(form, one) and re.fullmatch(form, two)):
        return False
    return close_to(float(one), float(two), rel=rel, abs=abs) is None


def arranged(value: Any, *, any_order: bool, index: bool) -> Any:
    """A list, table or column with its rows sorted, or without its labels; anything else as it is."""
    from comparing import canonical

    if hasattr(value, "reset_index") and hasattr(value, "iloc"):
        rows = value if index else value.reset_index(drop=True)
        if any_order:
            cells = [canonical(row) for row in (rows.itertuples(index=index) if rows.ndim == 2 else rows.tolist())]
            rows = rows.iloc[sorted(range(len(cells)), key=cells.__getitem__)]
            rows = rows if index else rows.reset_index(drop=True)
        return rows
    if any_order and isinstance(value, (list, tuple)):
        return type(value)(sorted(value, key=canonical))
    return value
