"""Values and texts as people may see them: bounded, with what cannot be seen made visible."""

from __future__ import annotations

import difflib
import re
import reprlib
import sys
from typing import Any

from inside.values import Axes, Figure, Raised, Taken, Unsupported

MOST_TEXT = 8192
MOST_PRINTED = 65536
MOST_LINES = 200  # difflib takes the cube of this for texts made to hurt it
MOST_WORDS = 600
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
HIDDEN = {code: chr(0x2400 + code) for code in range(32) if code not in (9, 10)} | {127: "␡"}
HIDDEN |= {
    code: f"⟨U+{code:04X}⟩"
    for code in (
        *range(0x80, 0xA0), 0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065),
        *range(0x2066, 0x206A), 0xFEFF, *range(0xFFF9, 0xFFFC),
    )
}  # fmt: skip
BLANKS = str.maketrans({" ": "·", "\t": "→", "\n": "↵\n", "\xa0": "⍽"})
_repr = reprlib.Repr()
_repr.maxlevel, _repr.maxlist, _repr.maxtuple, _repr.maxset, _repr.maxfrozenset, _repr.maxdict = (
    8,
    200,
    200,
    200,
    200,
    200,
)
_repr.maxstring, _repr.maxlong, _repr.maxother = 4000, 4000, 4000


def visible(text: str, most: int = MOST_TEXT) -> str:
    """`text` with ANSI taken out, control and direction signs made visible, and cut with an ellipsis."""
    text = ANSI.sub("", text[: most * 2]).replace("\r\n", "\n").translate(HIDDEN)
    return text if len(text) <= most else text[: most - 1] + "…"


def shown(value: Any) -> str:
    """A decoded value as Python would show it, bounded."""
    try:
        return visible(_shown(plain(value)))
    except Exception:  # noqa: BLE001 - a learner's value within the caps must never break a check
        return f"<{kind(value)}>"


def _shown(value: Any) -> str:
    if isinstance(value, Unsupported):
        return f"<{value.type}>"
    if isinstance(value, Taken):
        return f"<iterator: {', '.join(map(_shown, value.items[:50]))}{'' if value.ended else ', …'}>"
    if isinstance(value, Raised):
        return f"{value.name}({', '.join(map(repr, value.args))})"[:MOST_TEXT]
    if isinstance(value, Figure):
        return "\n".join(map(_shown, value.axes))
    if isinstance(value, Axes):
        return f"<axes: {value.title!r}, {len(value.bars)} bars, {len(value.lines)} lines, {len(value.points)} points>"
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return str(value.to_string(max_rows=20, max_cols=12, max_colwidth=40))
    if pandas is not None and isinstance(value, pandas.Series):
        return str(value.to_string(max_rows=20, name=True, dtype=True))
    if numpy is not None and isinstance(value, numpy.ndarray):
        return str(numpy.array2string(value, threshold=200, separator=", ", prefix="array(", suffix=")"))
    text = _repr.repr(value)
    return text if "Unsupported(" not in text else re.sub(r"Unsupported\(type='([^']*)', why='[a-z]+'\)", r"<\1>", text)


def plain(value: Any) -> Any:
    """`value` with numpy's scalars as Python's own, at any depth of plain containers."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        if value.dtype.kind in "biufcSU":
            return value.item()
        return value
    if type(value) in (list, tuple, set, frozenset):
        return type(value)(map(plain, value))
    if type(value) is dict:
        return {plain(key): plain(item) for key, item in value.items()}
    return value


def kind(value: Any) -> str:
    """The name of the type of a decoded value, as the learner knows it."""
    if isinstance(value, Unsupported):
        return value.type
    if isinstance(value, Taken):
        return "iterator"
    if isinstance(value, Raised):
        return value.name
    return type(plain(value)).__name__


def difference(expected: str, got: str) -> list[list[str]]:
    """What differs, as [tag, text]: `same`, `expected` (missing from what was given) or `got`. Blanks are visible."""
    first, second = visible(expected, MOST_PRINTED).splitlines(True), visible(got, MOST_PRINTED).splitlines(True)
    start = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    start = max(0, start - 3) if max(len(first), len(second)) > MOST_LINES else 0
    first, second = first[start : start + MOST_LINES], second[start : start + MOST_LINES]
    found: list[list[str]] = [["same", "…\n"]] if start else []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(["same", "".join(first[a:b])])
        else:
            found += _words("".join(first[a:b]), "".join(second[c:d]))
    return _bounded(found)


def _words(expected: str, got: str) -> list[list[str]]:
    first, second = (re.findall(r"\s|\w+|[^\w\s]", text) for text in (expected, got))
    if not first or not second or len(first) + len(second) > MOST_WORDS:
        return _changed(expected, got)
    found: list[list[str]] = []
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    if matcher.quick_ratio() < 0.3:
        return _changed(expected, got)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(["same", "".join(first[a:b])])
        else:
            found += _changed("".join(first[a:b]), "".join(second[c:d]))
    return found


def _changed(expected: str, got: str) -> list[list[str]]:
    return [[tag, text.translate(BLANKS)] for tag, text in (("expected", expected), ("got", got)) if text]


def _bounded(pieces: list[list[str]]) -> list[list[str]]:
    """Neighbours of one tag joined, and cut to what is shown."""
    left, found = MOST_TEXT, list[list[str]]()
    for tag, text in pieces[:1000]:
        if left <= 0:
            return [*found, ["same", "…"]]
        if found and found[-1][0] == tag:
            found[-1][1] += text[:left]
        else:
            found.append([tag, text[:left]])
        left -= len(text)
    return found
