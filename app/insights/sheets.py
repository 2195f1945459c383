"""A table as PDF/UA-1, set by typst: landscape A4, the heading on each page."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import typst
from flask_babel import gettext

HERE = Path(__file__).parent
FONTS = HERE.parent / "static" / "print-fonts"
_lock = threading.Lock()  # a Compiler is not thread-safe


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(HERE / "sheet.typ", root=HERE, font_paths=[FONTS], ignore_system_fonts=True)


def pdf(
    *,
    title: str,
    top: Sequence[tuple[str, str]],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    language: str,
    made_at: datetime,
) -> bytes:
    """The rows under a title and some facts about them; every cell is text."""
    said = {
        "language": language,
        "title": title,
        "top": json.dumps([list(one) for one in top]),
        "columns": json.dumps(list(columns)),
        "rows": json.dumps([list(row) for row in rows]),
        "none": gettext("Nothing was found."),
    }
    with _lock:
        # `sys_inputs` is given on every call: without it the compiler prints the previous report.
        made = _compiler().compile(
            format="pdf", sys_inputs=said, pdf_standards=["ua-1"], timestamp=int(made_at.timestamp())
        )
    assert isinstance(made, bytes)
    return made
