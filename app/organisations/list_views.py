"""Lists of people from a personnel system: upload, look at the difference, apply; what was applied when."""

from __future__ import annotations

import csv
import io
from functools import partial

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select

from app.accounts.models import Organisation
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.organisations import headings, importing, wording
from app.organisations.forms import ApplyForm, ListForm
from app.organisations.importing import Shelf
from app.organisations.models import ImportRun, RunState, Unit
from app.organisations.plans import MOST_ENDS, Change
from app.organisations.staff_views import done, overseen_or_404, pages
from app.web import begin_writing, blobs, language, own_transaction, page_number, settings

LINES = 100  # of a difference on one page


def shelf() -> Shelf:
    return Shelf(data_folder=settings().data_folder, blobs=blobs())


def run_or_404(organisation_id: int, run_id: int) -> tuple[Organisation, ImportRun]:
    organisation, run = overseen_or_404(organisation_id), db.session.get(ImportRun, run_id)
    if run is None or run.organisation_id != organisation.id:
        abort(404)
    return organisation, run


@pages.get("/template.xlsx")
def template() -> Response:
    """An empty workbook whose headings are understood."""
    answer = Response(
        headings.template(language()),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="bilik-people.xlsx"'
    return answer


@pages.route("/<int:organisation_id>/lists", methods=["GET", "POST"])
@own_transaction
def lists(organisation_id: int) -> ResponseReturnValue:
    """Comparing a long list takes seconds: nobody else's writing waits for it."""
    one = overseen_or_404(organisation_id)
    form = ListForm()
    if form.validate_on_submit():
        file, is_full, now = request.files.get("file"), form.meaning.data != "adds", utc_now()
        try:
            if file is None or not file.filename:
                raise Refused(gettext("Choose a file."), field="file")
            found = importing.look(
                one, file.filename, file.read(), is_full=is_full, by=current_user, shelf=shelf(), now=now
            )
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            begin_writing()
            one = overseen_or_404(organisation_id)
            run = importing.note(found, one, state=RunState.LOOKED_AT, by=current_user, shelf=shelf(), now=now)
            db.session.commit()
            return redirect(url_for("structure.list_run", organisation_id=one.id, run_id=run.id), 303)
    number = page_number()
    runs, count = importing.runs(one.id, page=number)
    page = render_template(
        "organisations/lists.html",
        organisation=one,
        form=form,
        runs=runs,
        states=wording.STATES,
        label=wording.label,
        page=number,
        pages=count,
    )
    return page, 422 if form.errors else 200


@pages.get("/<int:organisation_id>/lists/<int:run_id>")
def list_run(organisation_id: int, run_id: int) -> ResponseReturnValue:
    return shown_run(*run_or_404(organisation_id, run_id), ApplyForm(formdata=None))


def shown_run(one: Organisation, run: ImportRun, form: ApplyForm) -> ResponseReturnValue:
    number, kind = page_number(), request.args.get("kind", "")
    lines = [line for line in run.report["lines"] if not kind or line["kind"] == kind]
    working, missing = run.report["working"], run.report["missing"]
    codes = {line.get("after", ""): line["who"] for line in run.report["lines"] if line["kind"] == Change.UNIT_OPENED}
    of = select(Unit.code, Unit.name).where(Unit.organisation_id == one.id)
    names = codes | dict(db.session.execute(of).all())
    page = render_template(
        "organisations/list_run.html",
        organisation=one,
        run=run,
        state=wording.STATES[RunState(run.state)],
        kind=kind,
        lines=lines[(number - 1) * LINES : number * LINES],
        label=wording.label,
        sentence=partial(wording.sentence, units=names),
        problems=run.report["problems"][:LINES],
        may_decide=run.kept is not None,
        needs_number=missing > working * MOST_ENDS,
        missing=missing,
        working=working,
        form=form,
        page=number,
        pages=-(-len(lines) // LINES),
    )
    return page, 422 if form.errors else 200


@pages.get("/<int:organisation_id>/lists/<int:run_id>/problems.csv")
def list_problems(organisation_id: int, run_id: int) -> Response:
    """Every wrong row, to be worked through beside the file."""
    _one, run = run_or_404(organisation_id, run_id)
    out = io.StringIO("\ufeff")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, delimiter=";")
    writer.writerow([gettext("Sheet"), gettext("Row"), gettext("Column"), gettext("Value"), gettext("What is wrong")])
    for one in run.report["problems"]:
        value = one["value"]
        shown = "'" + value if value[:1] in ("=", "+", "-", "@") else value  # no formula of somebody's
        writer.writerow([one["sheet"], one["row"], one["column"], shown, one["sentence"]])
    answer = Response(out.getvalue(), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="problems-{run.id}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.post("/<int:organisation_id>/lists/<int:run_id>/apply")
def apply_list(organisation_id: int, run_id: int) -> ResponseReturnValue:
    one, run = run_or_404(organisation_id, run_id)
    form = ApplyForm()
    form.validate()
    try:
        is_applied = importing.apply(run, ends=form.ends.data, by=current_user, shelf=shelf(), now=utc_now())
    except Refused as refusal:
        refused_in(form, refusal)
        return shown_run(one, run, form)
    if is_applied:
        return done(gettext("The list has been applied."), "structure.list_run", organisation_id=one.id, run_id=run.id)
    db.session.commit()
    flash(gettext("Something has changed since you looked. This is the difference now: look at it again."), "bad")
    return redirect(url_for("structure.list_run", organisation_id=one.id, run_id=run.id), 303)


@pages.post("/<int:organisation_id>/lists/<int:run_id>/drop")
def drop_list(organisation_id: int, run_id: int) -> ResponseReturnValue:
    one, run = run_or_404(organisation_id, run_id)
    importing.drop(run, by=current_user, now=utc_now())
    return done(gettext("The list is not applied."), "structure.lists", organisation_id=one.id)
