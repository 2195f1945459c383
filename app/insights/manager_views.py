"""A manager's view of an organisation: its people, what it assigned to them, how they stand, their certificates of it.

Nothing else of anybody: no answers, no points, no courses people take for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app import audit
from app.accounts.models import Organisation, User
from app.accounts.permissions import managed_organisations, manages
from app.catalogue import reading
from app.clock import in_baku, utc_now
from app.credentials.models import Certificate
from app.curricula import assigning
from app.curricula.assigning import Assigned, Person, Standing
from app.db import db
from app.errors import Refused
from app.folding import fold
from app.formats import moment_text
from app.learning.exporting import csv_text
from app.web import language, page_number, row_number
from graders.course.model import Texts

pages = Blueprint("organisation", __name__, url_prefix="/organisations")

WORDS = {
    Standing.NOT_STARTED: lazy_gettext("Not started"),
    Standing.STARTED: lazy_gettext("In progress"),
    Standing.OVERDUE: lazy_gettext("Overdue"),
    Standing.DONE: lazy_gettext("Finished"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A person with the certificates of what was assigned, by enrolment id."""

    person: Person
    certificates: dict[int, Certificate]

    def certificate(self, assigned: Assigned) -> Certificate | None:
        return self.certificates.get(assigned.enrolment.id) if assigned.enrolment else None


@pages.get("/")
def overview() -> str | BaseResponse:
    """The organisations somebody manages; the only one at once."""
    found = db.session.scalars(
        select(Organisation).where(Organisation.id.in_(managed_organisations(current_user))).order_by(Organisation.name)
    ).all()
    if len(found) == 1:
        return redirect(url_for("organisation.people", organisation_id=found[0].id))
    return render_template("insights/organisations.html", organisations=found)


@pages.get("/<int:organisation_id>")
def people(organisation_id: int) -> str:
    organisation = managed_or_404(organisation_id)
    page, words = page_number(), request.args.get("q", "").strip()[:100]
    found, total = assigning.people(organisation, now=utc_now(), search=fold(words), page=page)
    return render_template(
        "insights/organisation.html",
        organisation=organisation,
        rows=with_certificates(found),
        words=words,
        page=page,
        pages=ceil(total / assigning.PAGE),
        total=total,
        courses=reading.listed_courses(),
        now=utc_now(),
    )


@pages.post("/<int:organisation_id>/assign")
def assign(organisation_id: int) -> BaseResponse:
    organisation = managed_or_404(organisation_id)
    course = reading.course_by_slug(request.form.get("course", ""))
    users = db.session.scalars(select(User).where(User.id.in_(request.form.getlist("user", type=row_number)))).all()
    if course is None or not users:
        raise Refused(gettext("Choose a course and at least one person."))
    count = assigning.assign(organisation, users, course, asked_day(), by=current_user, now=utc_now())
    db.session.commit()
    flash(
        gettext(
            "%(count)s people have been asked to take the course; who was asked before has the new date.", count=count
        ),
        "good",
    )
    return redirect(url_for("organisation.people", organisation_id=organisation.id))


@pages.post("/<int:organisation_id>/assignments/<int:assignment_id>/withdraw")
def withdraw(organisation_id: int, assignment_id: int) -> BaseResponse:
    organisation = managed_or_404(organisation_id)
    obligation = assigning.by_hand(organisation, assignment_id)
    if obligation is None:
        abort(404)
    assigning.withdraw(obligation, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("The course is no longer asked for."), "good")
    return redirect(url_for("organisation.people", organisation_id=organisation.id))


@pages.post("/<int:organisation_id>/people.csv")
def export(organisation_id: int) -> Response:
    """Everybody and every assigned course. A POST, since an export is written into the audit log."""
    organisation = managed_or_404(organisation_id)
    now = utc_now()
    found, _total = assigning.people(organisation, now=now, page=None)
    rows = [
        [gettext("%(name)s, as of %(moment)s", name=organisation.name, moment=moment_text(now))],
        [
            gettext("Name"),
            gettext("Course"),
            gettext("State"),
            gettext("Due on"),
            gettext("Finished on"),
            gettext("Certificate"),
        ],
    ]
    for row in with_certificates(found):
        lines = [cells(row, one) for one in row.person.assigned] or [[""] * 5]
        rows += [[row.person.user.name, *line] for line in lines]
    audit.record(
        "organisation_exported",
        actor_id=current_user.id,
        now=now,
        subject_type="organisation",
        subject_id=organisation.id,
    )
    db.session.commit()
    response = Response(csv_text(rows), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="organisation-{organisation.id}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def cells(row: Row, one: Assigned) -> list[str]:
    finished = one.enrolment.completed_at if one.enrolment else None
    certificate = row.certificate(one)
    return [
        Texts(one.assignment.course.titles, "az").get(language()),
        str(WORDS[one.standing]),
        one.assignment.due_on.isoformat() if one.assignment.due_on else "",
        in_baku(finished).date().isoformat() if finished else "",
        certificate.code if certificate else "",
    ]


def with_certificates(found: list[Person]) -> list[Row]:
    """The certificates of assigned courses only; one query."""
    enrolments = {one.enrolment.id for person in found for one in person.assigned if one.enrolment}
    rows = db.session.scalars(select(Certificate).where(Certificate.enrolment_id.in_(enrolments)))
    by_enrolment = {certificate.enrolment_id: certificate for certificate in rows}
    return [Row(person=person, certificates=by_enrolment) for person in found]


def managed_or_404(organisation_id: int) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or not manages(current_user, organisation_id):
        abort(404)
    return organisation


def asked_day() -> date | None:
    typed = request.form.get("due_on", "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused(gettext("“%(typed)s” is not a day.", typed=typed)) from None
