"""Reports as files: what was seen, as of which moment and day, narrowed how, by whom. XLSX, CSV or PDF.

Rows are read from the database some at a time; only a PDF, which is for reading, is limited in length.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext, pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy import select

from app.accounts.models import User
from app.credentials.models import Certificate
from app.curricula.models import Obligation, Period
from app.curricula.standing import obligations_on
from app.db import db
from app.errors import Refused
from app.formats import moment_text
from app.insights import sheets
from app.insights.lights import LIGHTS
from app.insights.listing import Line, line, places
from app.insights.viewing import Narrowing, View, seen
from app.learning.exporting import neutral

CHUNK = 500  # obligations read at a time
MOST_IN_PDF = 2000

Value = str | date | None


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What stands above the rows: every export says it."""

    title: str
    organisation: str
    as_of: str
    narrowed: str
    exported_by: str

    def lines(self) -> list[tuple[str, str]]:
        return [
            (gettext("Organisation"), self.organisation),
            (gettext("As of"), self.as_of),
            (gettext("Shown"), self.narrowed),
            (gettext("Exported by"), self.exported_by),
        ]


def heading(view: View, *, title: str, narrowed: str, by: User, now: datetime) -> Heading:
    made = moment_text(now)
    said = gettext("%(day)s (exported %(moment)s)", day=view.day.strftime("%d.%m.%Y"), moment=made)
    return Heading(
        title=title,
        organisation=view.organisation.name,
        as_of=said,
        narrowed=narrowed,
        exported_by=by.name,
    )


def columns() -> list[str]:
    return [
        gettext("Name"),
        pgettext("organisation", "Unit"),
        gettext("Position"),
        gettext("Requirement"),
        gettext("At a glance"),
        gettext("Status"),
        gettext("Due on"),
        gettext("Due day extended"),
        gettext("Completed on"),
        gettext("Valid until"),
        gettext("Certificate"),
    ]


def rows(view: View, narrowing: Narrowing, titles: dict[int, str]) -> Iterator[list[Value]]:
    """One row for each obligation seen, by name and requirement; see `columns`. Three queries for each 500."""
    found = seen(view, narrowing)
    query = select(found.c.obligation_id, User.name).join(User, User.id == found.c.user_id)
    if narrowing.light is not None:
        query = query.where(found.c.light == int(narrowing.light))
    chosen = db.session.execute(query.order_by(User.name_folded, User.id, found.c.requirement_id)).all()
    for start in range(0, len(chosen), CHUNK):
        names = {row.obligation_id: row.name for row in chosen[start : start + CHUNK]}
        standing = obligations_on(view.day).where(Obligation.id.in_(names))
        known = {row.obligation_id: line(view.day, row) for row in db.session.execute(standing)}
        where = places(view, list({one.user_id for one in known.values()}))
        certified = _certificates(known.values(), view.day)
        for number, name in names.items():
            one = known[number]
            jobs = where.get(one.user_id, [])
            yield [
                name,
                ", ".join(job.unit for job in jobs),
                ", ".join(job.position for job in jobs if job.position),
                titles.get(one.requirement_id, ""),
                str(LIGHTS[one.light]),
                one.words,
                one.due_on,
                gettext("yes") if one.due_cause == "extended" else "",
                one.completed_on,
                one.valid_until,
                ", ".join(certified.get(number, [])),
            ]


def _certificates(lines: Iterable[Line], day: date) -> dict[int, list[str]]:
    """The codes of the certificates of the newest completion, by obligation."""
    wanted = [one.obligation_id for one in lines if one.completed_on]
    periods = db.session.execute(
        select(Period.obligation_id, Period.completed_by)
        .where(Period.obligation_id.in_(wanted), Period.completed_on <= day)
        .order_by(Period.number)
    )
    enrolments = {row.obligation_id: (row.completed_by or {}).get("enrolments", ()) for row in periods}
    by_enrolment = {enrolment: number for number, some in enrolments.items() for enrolment in some}
    found: dict[int, list[str]] = {}
    certificates = select(Certificate.enrolment_id, Certificate.code).where(Certificate.enrolment_id.in_(by_enrolment))
    for row in db.session.execute(certificates):
        found.setdefault(by_enrolment[row.enrolment_id], []).append(row.code)
    return found


def csv_file(said: Heading, found: Iterable[Sequence[Value]]) -> io.BytesIO:
    """With a byte-order mark, so that Excel reads the letters rightly."""
    out = io.BytesIO()
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerows([neutral(cell) for cell in line] for line in [(said.title,), *said.lines(), ()])
    writer.writerow(neutral(name) for name in columns())
    for row in found:
        writer.writerow([cell.isoformat() if isinstance(cell, date) else neutral(cell or "") for cell in row])
    text.detach()
    out.seek(0)
    return out


WIDTHS = (30, 34, 26, 40, 16, 20, 13, 13, 13, 13, 24)
BOLD = Font(bold=True)
HEAD = PatternFill("solid", start_color="E1EFF0")
WRAPPED = Alignment(wrap_text=True, vertical="top")


def xlsx_file(said: Heading, found: Iterable[Sequence[Value]]) -> io.BytesIO:
    """One sheet; days are days, and no text is a formula."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(gettext("Report")[:31])
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    top = [(said.title, ""), *said.lines()]
    sheet.freeze_panes = f"B{len(top) + 3}"

    def head(value: str, fill: PatternFill | None = None) -> Any:
        made = WriteOnlyCell(sheet, value=neutral(value))
        made.font = BOLD
        if fill is not None:
            made.fill, made.alignment = fill, WRAPPED
        return made

    for name, value in top:
        sheet.append([head(name), neutral(value)])
    sheet.append([])
    sheet.append([head(name, HEAD) for name in columns()])
    for row in found:
        sheet.append([neutral(one) if isinstance(one, str) else one for one in row])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def pdf_file(said: Heading, found: Iterable[Sequence[Value]], *, language: str, now: datetime) -> io.BytesIO:
    """Landscape A4. Raises Refused for more rows than somebody reads."""
    taken: list[list[str]] = []
    for row in found:
        if len(taken) == MOST_IN_PDF:
            raise Refused(gettext("A PDF has %(most)s rows at most: narrow it down, or take Excel.", most=MOST_IN_PDF))
        taken.append([cell.strftime("%d.%m.%Y") if isinstance(cell, date) else (cell or "") for cell in row])
    return io.BytesIO(
        sheets.pdf(title=said.title, top=said.lines(), columns=columns(), rows=taken, language=language, made_at=now)
    )
