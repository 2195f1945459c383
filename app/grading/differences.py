"""Where two texts differ, as the two sides of a comparison."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape


def side(difference: Iterable[tuple[str, str]], which: str) -> Markup:
    """One side of a difference: `which` is "expected" or "got".

    Pieces are (tag, text) as the checker makes them: "same" is on both sides, "expected" and "got" on one, their blanks
    visible already.
    """
    mark = "ins" if which == "expected" else "del"
    parts = [
        escape(text) if tag == "same" else Markup("<{0}>{1}</{0}>").format(mark, text)
        for tag, text in difference
        if tag in ("same", which)
    ]
    return Markup("").join(parts)
