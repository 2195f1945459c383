"""A certificate as PDF/A-3a + PDF/UA-1, set by typst. The same certificate gives the same bytes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import segno
import typst
from babel.dates import format_date

HERE = Path(__file__).parent
FONTS = HERE.parent / "static" / "print-fonts"  # copied from their packages by the page build
_lock = threading.Lock()  # a Compiler is not thread-safe


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything that is printed, already in words of one language."""

    language: str
    heading: str
    intro: str
    name: str
    achievement: str
    title: str
    details: str
    issued: str
    expires: str
    skills: str
    centre: str
    code_label: str
    code: str
    verify_label: str
    verify_url: str
    issued_at: datetime


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(HERE / "certificate.typ", root=HERE, font_paths=[FONTS], ignore_system_fonts=True)


def pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF, about 30 kB in 5 ms."""
    words = {name: value for name, value in vars(sheet).items() if isinstance(value, str)}
    words["qr"] = segno.make(sheet.verify_url, error="m").svg_inline(border=0, scale=4)
    with _lock:
        # `sys_inputs` is given on every call: without it the compiler prints the previous holder's name.
        made = _compiler().compile(
            format="pdf", sys_inputs=words, pdf_standards=["a-3a", "ua-1"], timestamp=int(sheet.issued_at.timestamp())
        )
    assert isinstance(made, bytes)
    return made


def in_words(day: date, language: str) -> str:
    return format_date(day, "d MMMM y", locale=language)
