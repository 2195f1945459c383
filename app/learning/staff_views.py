"""Pages of instructors: cohorts, their learners, gradebook, dates, announcements."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.permissions import instructs, taught_courses
from app.catalogue import reading, rendering
from app.clock import in_baku, today, utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.folding import fold
from app.learning import announcing, cohorts, due, enlisting, exporting, progress, teaching
from app.learning.forms import AnnouncementForm, CohortForm, ExtensionForm, ListForm
from app.learning.gradebook import PAGE, gradebook
from app.learning.models import Cohort, Enrolment, Extension, UnitDue
from app.web import language, page_number, settings

pages = Blueprint("teaching", __name__, url_prefix="/teach")


@pages.get("/")
def overview() -> str:
    slugs = taught_courses(current_user)
    listed = [course for course in reading.listed_courses() if slugs is None or course.slug in slugs]
    page = page_number()
    cards, total = teaching.cohorts_of(slugs, page=page)
    return render_template(
        "teaching/overview.html", cards=cards, courses=listed, page=page, pages=ceil(total / teaching.PAGE)
    )


@pages.route("/courses/<slug>/cohorts/new", methods=["GET", "POST"])
def new(slug: str) -> str | BaseResponse:
    course = reading.course_by_slug(slug)
    if course is None or not instructs(current_user, slug):
        abort(404)
    form = CohortForm(starts_on=today(), language=language())
    if form.validate_on_submit():
        try:
            opened = cohorts.open_cohort(course, form.plan(), by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            db.session.commit()
            return redirect(url_for("teaching.learners", cohort_id=opened.id))
    return render_template("teaching/new.html", course=course, form=form)


@pages.get("/cohorts/<int:cohort_id>")
def learners(cohort_id: int) -> str:
    cohort = taught_or_404(cohort_id)
    page, words = asked_page()
    book = gradebook(cohort, search=fold(words), page=page)
    return render_template(
        "teaching/learners.html", **around(cohort), book=book, words=words, page=page, pages=ceil(book.total / PAGE)
    )


@pages.get("/cohorts/<int:cohort_id>/gradebook")
def grades(cohort_id: int) -> str:
    cohort = taught_or_404(cohort_id)
    page, words = asked_page()
    book = gradebook(cohort, search=fold(words), page=page)
    return render_template(
        "teaching/gradebook.html", **around(cohort), book=book, words=words, page=page, pages=ceil(book.total / PAGE)
    )


@pages.get("/cohorts/<int:cohort_id>/gradebook.csv")
def grades_csv(cohort_id: int) -> Response:
    cohort = taught_or_404(cohort_id)
    text = exporting.csv_text(exporting.gradebook_rows(gradebook(cohort, page=None), language()))
    response = Response(text, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="gradebook-{cohort.id}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.route("/cohorts/<int:cohort_id>/dates", methods=["GET", "POST"])
def dates(cohort_id: int) -> str | BaseResponse:
    cohort = taught_or_404(cohort_id)
    facts = around(cohort)
    if request.method == "POST":
        cohorts.set_due(cohort, asked_days([unit.id for unit in facts["course"].units]), by=current_user, now=utc_now())
        db.session.commit()
        flash(gettext("The due dates are saved."), "good")
        return redirect(request.path)
    rows = db.session.scalars(select(UnitDue).where(UnitDue.cohort_id == cohort.id))
    days = {row.unit: in_baku(row.due_at).date() for row in rows}
    return render_template("teaching/dates.html", **facts, days=days)


def asked_days(units: list[str]) -> dict[str, date | None]:
    days: dict[str, date | None] = {}
    for unit in units:
        typed = request.form.get(f"due-{unit}", "").strip()
        try:
            days[unit] = date.fromisoformat(typed) if typed else None
        except ValueError:
            raise Refused(gettext("“%(typed)s” is not a day.", typed=typed)) from None
    return days


@pages.route("/cohorts/<int:cohort_id>/announcements", methods=["GET", "POST"])
def announcements(cohort_id: int) -> str | BaseResponse:
    cohort = taught_or_404(cohort_id)
    form = AnnouncementForm()
    if form.validate_on_submit():
        announcing.announce(cohort, form.title.data or "", form.body.data or "", by=current_user, now=utc_now())
        db.session.commit()
        flash(gettext("Announced: on the page, and by e-mail to who has one."), "good")
        return redirect(request.path)
    said = [(one, rendering.render(one.body)) for one in announcing.announcements(cohort)]
    return render_template("teaching/announcements.html", **around(cohort), form=form, said=said)


@pages.route("/cohorts/<int:cohort_id>/settings", methods=["GET", "POST"])
def change(cohort_id: int) -> str | BaseResponse:
    cohort = taught_or_404(cohort_id)
    form = CohortForm(obj=cohort)
    if form.validate_on_submit():
        try:
            cohorts.change_cohort(cohort, form.plan(), by=current_user, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            db.session.commit()
            flash(gettext("Saved."), "good")
            return redirect(request.path)
    return render_template("teaching/settings.html", **around(cohort), form=form)


@pages.post("/cohorts/<int:cohort_id>/closed")
def set_closed(cohort_id: int) -> BaseResponse:
    cohort = taught_or_404(cohort_id)
    act = cohorts.close_cohort if request.form.get("closed") == "1" else cohorts.reopen_cohort
    act(cohort, by=current_user, now=utc_now())
    db.session.commit()
    return redirect(url_for("teaching.change", cohort_id=cohort.id))


@pages.route("/cohorts/<int:cohort_id>/list", methods=["GET", "POST"])
def put_in(cohort_id: int) -> str | BaseResponse:
    """Paste or upload a list; look at what was understood; then do it."""
    cohort = taught_or_404(cohort_id)
    form = ListForm()
    rows = None
    if form.validate_on_submit():
        try:
            rows = cohorts.read_list(uploaded_text() or form.list.data or "")
            if request.form.get("act") == "put":
                done = enlisting.enlist(
                    cohort, rows, move=request.form.get("move") == "1", by=current_user, now=utc_now()
                )
                db.session.commit()
                flash(
                    gettext(
                        "%(count)s learners are in the cohort. Who is new has been invited by e-mail, the others told.",
                        count=done.count,
                    ),
                    "good",
                )
                if done.stayed:
                    flash(
                        ngettext(
                            "%(num)d learner stays in another cohort of this course.",
                            "%(num)d learners stay in other cohorts of this course.",
                            done.stayed,
                        ),
                        "warn",
                    )
                return redirect(url_for("teaching.learners", cohort_id=cohort.id))
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
    present = enlisting.now_in(cohort, rows or ())
    return render_template("teaching/list.html", **around(cohort), form=form, rows=rows, present=present)


def uploaded_text() -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        return ""
    content = file.read(200_001)
    if len(content) > 200_000:
        raise Refused(gettext("The file is larger than 200 kB."), field="list")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")  # how Excel writes CSV in our languages


@pages.route("/cohorts/<int:cohort_id>/learners/<int:enrolment_id>", methods=["GET", "POST"])
def learner(cohort_id: int, enrolment_id: int) -> str | BaseResponse:
    """One learner: every item, extensions; a POST gives an extension."""
    cohort = taught_or_404(cohort_id)
    enrolment = enrolled_or_404(cohort, enrolment_id)
    course = reading.load(enrolment.version)
    form = ExtensionForm()
    form.unit.choices = [(unit.id, unit.title.get(language())) for unit in course.units]
    if form.validate_on_submit():
        try:
            assert form.day.data is not None
            cohorts.extend(
                enrolment, form.unit.data, form.day.data, form.reason.data or "", by=current_user, now=utc_now()
            )
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            db.session.commit()
            flash(gettext("The extension is given."), "good")
            return redirect(request.path)
    rows = progress.rows_by_item(enrolment)
    return render_template(
        "teaching/learner.html",
        **around(cohort),
        enrolment=enrolment,
        content=course,
        rows=rows,
        standings={item: progress.standing_of(row) for item, row in rows.items()},
        due=due.due_moments(enrolment),
        extensions=db.session.scalars(select(Extension).where(Extension.enrolment_id == enrolment.id)).all(),
        form=form,
    )


@pages.post("/cohorts/<int:cohort_id>/learners/<int:enrolment_id>/out")
def take_out(cohort_id: int, enrolment_id: int) -> BaseResponse:
    cohort = taught_or_404(cohort_id)
    cohorts.take_out(enrolled_or_404(cohort, enrolment_id), by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("Taken out of the cohort; the learner goes on alone."), "good")
    return redirect(url_for("teaching.learners", cohort_id=cohort.id))


# ---- finding


def taught_or_404(cohort_id: int) -> Cohort:
    """A cohort of a course the signed-in person teaches; others do not exist for them."""
    cohort = db.session.get(Cohort, cohort_id)
    if cohort is None or not instructs(current_user, cohort.course.slug):
        abort(404)
    return cohort


def enrolled_or_404(cohort: Cohort, enrolment_id: int) -> Enrolment:
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.cohort_id != cohort.id or enrolment.left_at is not None:
        abort(404)
    return enrolment


def around(cohort: Cohort) -> dict[str, Any]:
    """What every page of a cohort shows: its course, how many are in it, the link to join."""
    assert cohort.course.published is not None
    return {
        "cohort": cohort,
        "course": reading.load(cohort.course.published),
        "taken": cohorts.seats_taken(cohort),
        "join_url": f"{settings().public_url.rstrip('/')}{url_for('joining.cohort', code=cohort.join_code)}",
    }


def asked_page() -> tuple[int, str]:
    return page_number(), request.args.get("q", "").strip()[:100]
