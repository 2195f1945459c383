"""Administrators and training officers look after organisations: which there are, who works where."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Grant, Organisation, Role, User
from app.accounts.permissions import is_administrator, oversees
from app.clock import in_baku, utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.organisations import working
from app.organisations.forms import JoinForm, OrganisationForm
from app.organisations.models import Job
from app.organisations.teams import overseen_organisations
from app.organisations.tree import DAY
from app.web import page_number

pages = Blueprint("structure", __name__, url_prefix="/structure")


def today() -> date:
    return in_baku(utc_now()).date()


def overseen_or_404(organisation_id: int) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or not oversees(current_user, organisation_id):
        abort(404)
    return organisation


@pages.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Every organisation for administrators, their own for training officers."""
    form = OrganisationForm()
    if form.is_submitted() and not is_administrator(current_user):
        abort(404)
    if form.validate_on_submit():
        try:
            made = working.create(form.name.data or "", by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            db.session.commit()
            flash(gettext("The organisation has been created."), "good")
            return redirect(url_for("structure.organisation", organisation_id=made.id), 303)
    found = working.all_organisations()
    if not is_administrator(current_user):
        own = overseen_organisations(current_user)
        found = [one for one in found if one.id in own]
        if len(found) == 1:
            return redirect(url_for("structure.organisation", organisation_id=found[0].id))
    page = render_template(
        "organisations/index.html",
        form=form if is_administrator(current_user) else None,
        found=found,
        counts=working.sizes(today()),
    )
    return page, 422 if form.errors else 200


@pages.get("/<int:organisation_id>")
def organisation(organisation_id: int) -> ResponseReturnValue:
    one = overseen_or_404(organisation_id)
    number = page_number()
    jobs, count = working.members(one.id, today(), page=number)
    managing = select(Grant).where(Grant.role == Role.MANAGER, Grant.organisation_id == one.id)
    return render_template(
        "organisations/organisation.html",
        organisation=one,
        jobs=jobs,
        managers=db.session.scalars(managing.options(joinedload(Grant.user)).order_by(Grant.id)).all(),
        page=number,
        pages=count,
    )


@pages.route("/people/<int:user_id>", methods=["GET", "POST"])
def works(user_id: int) -> ResponseReturnValue:
    """For administrators: in which organisations somebody works, and into which one they come."""
    user = db.get_or_404(User, user_id)
    form = JoinForm(from_on=today())
    form.organisation.choices = [(one.id, one.name) for one in working.all_organisations()]
    if form.validate_on_submit():
        one = db.session.get(Organisation, form.organisation.data or 0)
        if one is None:
            raise Refused(gettext("Choose an organisation."))
        working.join(user, one, from_on=form.from_on.data or today(), by=current_user, now=utc_now())
        db.session.commit()
        flash(gettext("The job has been noted."), "good")
        return redirect(url_for("structure.works", user_id=user.id), 303)
    jobs = working.jobs_on(today(), user.id)
    return render_template("organisations/works.html", person=user, jobs=jobs, form=form)


@pages.post("/people/<int:user_id>/jobs/<int:job_id>/end")
def end_job(user_id: int, job_id: int) -> ResponseReturnValue:
    job = db.first_or_404(select(Job).where(Job.id == job_id, Job.user_id == user_id))
    working.end(job, until_on=today() - DAY, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("The job has ended; yesterday was its last day."), "good")
    return redirect(url_for("structure.works", user_id=user_id), 303)
