"""A gradebook as CSV that a spreadsheet opens rightly and cannot be tricked by."""

from __future__ import annotations

import csv
import io

from flask_babel import gettext as _

from app.clock import in_baku
from app.learning.gradebook import Gradebook

RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")  # a spreadsheet would run such a cell as a formula (OWASP CSV injection)


def neutral(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell


def csv_text(rows: list[list[str]]) -> str:
    """Rows with a byte-order mark, so that Excel reads the letters rightly."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[neutral(cell) for cell in row] for row in rows])
    return "\ufeff" + out.getvalue()


def gradebook_rows(book: Gradebook, language: str) -> list[list[str]]:
    """A heading and one row a learner; points as plain numbers, empty where nothing was handed in."""
    heading = [_("Name"), _("E-mail"), *(f"{item.title.get(language)} ({item.max_points})" for item in book.items)]
    rows = [[*heading, _("Done"), _("Share of points, %"), _("Finished on")]]
    for line in book.lines:
        user, finished = line.enrolment.user, line.enrolment.completed_at
        cells = []
        for item in book.items:
            cell = line.cells.get(item.key)
            excused = cell is not None and cell.standing.excused
            cells.append(_("excused") if excused else f"{cell.standing.points:g}" if cell else "")
        progress = line.progress
        rows.append(
            [
                user.name,
                user.email or "",
                *cells,
                f"{progress.done}/{progress.required}",
                f"{progress.score * 100:.0f}",
                in_baku(finished).date().isoformat() if finished else "",
            ]
        )
    return rows
