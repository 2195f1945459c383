"""Files that say who works where, as spreadsheets write them: CSV in several encodings, XLSX with several sheets.

What a column means is told by its heading, in Azerbaijani, Russian or English; what a sheet holds (units, positions,
people) by its columns. Nothing here knows the database.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from xml.etree.ElementTree import ParseError

from flask_babel import gettext
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.errors import Refused
from app.folding import fold
from app.organisations.headings import MEANING, TITLES, Kind, plain

MOST_LIST = 20 * 2**20  # bytes of a file
MOST_ROWS = 60_000
MOST_COLUMNS = 60
MOST_BYTES = 200 * 2**20  # of a workbook, unpacked
DELIMITERS = ";,\t"
EXCEL_BEGINS = date(1899, 12, 30)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: {column: what stands there}, blanks stripped, empty cells left out. `number` counts from 1."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Rows of one kind. `headings`: {column: its heading in the file}; `ignored`: headings nobody knows."""

    title: str
    kind: Kind
    rows: list[Row]
    headings: dict[str, str]
    ignored: list[str] = field(default_factory=list)


def read(name: str, content: bytes) -> list[Sheet]:
    """The sheets of a file; of a CSV its one. Raises Refused (field "file") when nothing in it can be read."""
    if content[:2] == b"PK":
        found = [sheet for title, lines in _workbook(content) if (sheet := _sheet(title, lines)) is not None]
    else:
        sheet = _sheet(name.rpartition(".")[0] or name, _lines(content))
        found = [sheet] if sheet else []
    if not found:
        raise Refused(
            gettext(
                "No headings were found that say what the columns are. Take the template, or name the columns as it "
                "does: for example “Name”, “FIN”, “Unit code”."
            ),
            field="file",
        )
    return found


def day_of(text: str) -> date | None:
    """A day as people and spreadsheets write it: 31.12.2026, 2026-12-31, 31/12/2026, or the number Excel keeps."""
    text = text.strip().rstrip(".")
    if found := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?: 0?0:00(?::00)?)?", text):
        parts = (int(found[3]), int(found[2]), int(found[1]))
    elif found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]0?0:00(?::00)?)?", text):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    elif re.fullmatch(r"\d{5}", text):
        return EXCEL_BEGINS + timedelta(days=int(text))
    else:
        return None
    try:
        day = date(*parts)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def _sheet(title: str, lines: Iterable[Sequence[str]]) -> Sheet | None:
    """None where no line of headings is found."""
    rows: list[Row] = []
    columns: dict[int, str] = {}
    headings: dict[str, str] = {}
    ignored: list[str] = []
    kind = None
    for number, line in enumerate(lines, start=1):
        if not columns:
            if number > 15:
                return None
            known = {place: meaning for place, text in enumerate(line) if (meaning := _meaning(text))}
            if len(set(known.values())) >= 2:
                columns, kind = _of_kind(title, known)
                headings = {column: line[place].strip() for place, column in columns.items()}
                ignored = [text.strip() for place, text in enumerate(line) if text.strip() and place not in columns]
                if len(headings) < len(columns):
                    raise Refused(
                        gettext("Two columns of “%(title)s” mean the same. Leave one of them out.", title=title[:60]),
                        field="file",
                    )
            continue
        cells = {columns[place]: text.strip() for place, text in enumerate(line) if place in columns and text.strip()}
        if cells:
            rows.append(Row(number=number, cells=cells))
        if len(rows) > MOST_ROWS:
            raise Refused(gettext("A file may have %(count)s rows at most.", count=MOST_ROWS), field="file")
    if kind is None:
        return None
    return Sheet(title=title, kind=kind, rows=rows, headings=headings, ignored=ignored)


def _meaning(heading: str) -> str | None:
    return MEANING.get(plain(heading))


def _of_kind(title: str, known: dict[int, str]) -> tuple[dict[int, str], Kind]:
    """The columns by place, and what the sheet holds. "Code" and "name" mean what the sheet is of."""
    found = set(known.values())
    named = next((kind for kind, words in TITLES.items() if any(word in fold(title) for word in words)), None)
    if found & {"fin", "number", "email", "surname", "manager"} or (
        "name" in found and "code" not in found and "parent" not in found
    ):
        return known, Kind.PEOPLE
    if "parent" in found or "unit" in found or "unit_name" in found or ("code" in found and named is Kind.UNITS):
        return {place: {"code": "unit", "name": "unit_name"}.get(one, one) for place, one in known.items()}, Kind.UNITS
    changed = {"code": "position", "name": "position_name"}
    return {place: changed.get(one, one) for place, one in known.items()}, Kind.POSITIONS


# ---- CSV


def _lines(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):  # Excel's own hint
        text = rest
    text = text.replace("\x00", "")
    delimiter = _delimiter(text)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as problem:
        raise Refused(gettext("This is no list that can be read: a cell has no end."), field="file") from problem


def _decoded(content: bytes) -> str:
    """UTF-8 (with its mark or not) and UTF-16; else one of the two code pages Excel writes in these parts.

    Neither has the letter ə: a list in Azerbaijani is refused when it was lost.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if re.search(rb"[A-Za-z\x80-\xff]\?[a-z\x80-\xff]", content):
        sentence = gettext(
            "Letters were lost when this file was saved: question marks stand inside of words. Save it as "
            "“CSV UTF-8” or as .xlsx."
        )
        raise Refused(sentence, field="file")
    cyrillic, turkish = content.decode("cp1251", "replace"), content.decode("cp1254", "replace")
    known = [_known_headings(text) for text in (cyrillic, turkish)]
    if known[0] != known[1]:
        return cyrillic if known[0] > known[1] else turkish
    # Russian words are high bytes side by side; an Azerbaijani word has one here and there between plain letters.
    side_by_side = len(re.findall(rb"[\xc0-\xff]{2}", content))
    alone = len(re.findall(rb"(?<=[A-Za-z])[\xc0-\xff](?![\xc0-\xff])|(?<![\xc0-\xff])[\xc0-\xff](?=[a-z])", content))
    return turkish if alone > side_by_side else cyrillic


def _known_headings(text: str) -> int:
    head = text.splitlines()[:15]
    return max((sum(_meaning(cell) is not None for cell in re.split(r"[;,\t]", line)) for line in head), default=0)


def _delimiter(text: str) -> str:
    """The one under which the most headings are known."""
    head = text.splitlines()[:15]

    def known(delimiter: str) -> int:
        return max((sum(_meaning(cell.strip('" ')) is not None for cell in line.split(delimiter)) for line in head),
                   default=0)  # fmt: skip

    return max(DELIMITERS, key=known)


# ---- XLSX


def _workbook(content: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise Refused(gettext("This workbook is too large."), field="file")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError, OSError) as problem:
        raise Refused(
            gettext("This is no Excel workbook that can be read. Save it as .xlsx."), field="file"
        ) from problem
    for sheet in book.worksheets:
        yield sheet.title, _cells(sheet)


def _cells(sheet: object) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # type: ignore[attr-defined] # what other programs write there may be wrong
    for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):  # type: ignore[attr-defined]
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
