"""Who was in order on a day: the list of obligations as of a day, and the same as a file."""

from __future__ import annotations

from datetime import date
from math import ceil

from flask import Response, abort, send_file
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import audit
from app.clock import utc_now
from app.db import db
from app.errors import Refused
from app.insights import listing, reporting, viewing
from app.insights.acting_views import day_of
from app.insights.team_views import address_of, narrowing, pages, shown, today, view_or_404
from app.insights.viewing import View
from app.web import begin_writing, language, own_transaction, page_number

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


def asked_day() -> date:
    """What the form says, today where it says nothing; never a day to come."""
    day = day_of("day") or today()
    if day > today():
        raise Refused(gettext("Choose today or a day gone by."), field="day")
    return day


@pages.get("/<int:organisation_id>/report")
def report(organisation_id: int) -> str:
    view_or_404(organisation_id)
    view, asked, page = view_or_404(organisation_id, asked_day()), narrowing(), page_number()
    found = listing.lines(view, asked, page=page)
    day = view.day.isoformat() if view.day != today() else None
    return shown(
        "insights/report.html",
        view,
        "report",
        found=found,
        asked=asked,
        page=page,
        pages=ceil(found.total / listing.PAGE),
        units=view.units(),
        today=today(),
        address=address_of("team.report", organisation_id=organisation_id, day=day),
    )


@pages.post("/<int:organisation_id>/report.<kind>")
@own_transaction
def export(organisation_id: int, kind: str) -> BaseResponse:
    """As xlsx, csv or pdf. A POST, since an export is written into the audit log."""
    if kind not in TYPES:
        abort(404)
    view_or_404(organisation_id)
    view, asked, now = view_or_404(organisation_id, asked_day()), narrowing(), utc_now()
    titles = listing.titles_of(viewing.versions_on(view.day, organisation_id=organisation_id), language())
    narrowed = viewing.in_words(asked, {one.unit.id: one.unit.name for one in view.units()}, titles)
    said = reporting.heading(view, title=gettext("Assigned training"), narrowed=narrowed, by=current_user, now=now)
    found = reporting.rows(view, asked, titles)
    if kind == "xlsx":
        file = reporting.xlsx_file(said, found)
    elif kind == "csv":
        file = reporting.csv_file(said, found)
    else:
        file = reporting.pdf_file(said, found, language=language(), now=now)
    note(view, kind, narrowed)
    name = f"training-{organisation_id}-{view.day.isoformat()}.{kind}"
    answer: Response = send_file(file, mimetype=TYPES[kind], as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def note(view: View, kind: str, narrowed: str) -> None:
    """The export stands in the audit log before anything of it is sent."""
    actor, organisation, day = current_user.id, view.organisation.id, view.day.isoformat()
    begin_writing()
    audit.record(
        "report_exported",
        actor_id=actor,
        now=utc_now(),
        subject_type="organisation",
        subject_id=organisation,
        day=day,
        shown=narrowed,
        how=kind,
    )
    db.session.commit()
