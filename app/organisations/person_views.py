"""One person in an organisation: jobs, leave, and the roles an administrator gives there."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select

from app.accounts import fin, granting
from app.accounts.models import Organisation, Role, User
from app.accounts.permissions import grants, is_administrator
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.organisations import counting, documents, leaving, tree, working
from app.organisations.forms import JobForm, LastDayForm, LeaveForm, RoleForm
from app.organisations.leaving import Away, LeaveKind
from app.organisations.models import Job, Leave
from app.organisations.reading import MOST_LIST
from app.organisations.staff_views import done, overseen_or_404, pages, today, unit_choices
from app.organisations.wording import LEAVES
from app.organisations.working import Place
from app.web import blobs, row_number, settings

PERSON = "/<int:organisation_id>/people/<int:user_id>"
MOST = {"structure.record_leave": documents.MOST, "structure.lists": MOST_LIST}  # bytes


@pages.url_value_preprocessor
def allow_a_file(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """A document or a list may be larger than other forms; said before the form is read."""
    if endpoint in MOST:
        request.max_content_length = MOST[endpoint] + 2**20


def person_or_404(organisation_id: int, user_id: int) -> tuple[Organisation, User]:
    """Somebody who works or has worked there."""
    organisation = overseen_or_404(organisation_id)
    user = db.session.get(User, user_id)
    if user is None or not counting.has_worked(organisation.id, user.id):
        abort(404)
    return organisation, user


def job_or_404(organisation: Organisation, user: User, job_id: int) -> Job:
    return db.first_or_404(
        select(Job).where(Job.id == job_id, Job.user_id == user.id, Job.organisation_id == organisation.id)
    )


def leave_or_404(organisation: Organisation, user: User, leave_id: int) -> Leave:
    return db.first_or_404(
        select(Leave).where(
            Leave.id == leave_id,
            Leave.user_id == user.id,
            Leave.organisation_id == organisation.id,
            Leave.withdrawn_at.is_(None),
        )
    )


@pages.get(PERSON)
def person(organisation_id: int, user_id: int) -> ResponseReturnValue:
    return shown_person(*person_or_404(organisation_id, user_id))


def shown_person(
    one: Organisation,
    user: User,
    *,
    job_form: JobForm | None = None,
    leave_form: LeaveForm | None = None,
    tried: Any = None,
) -> ResponseReturnValue:
    """The page of a person; a form that was refused comes back as it was filled in."""
    jobs = counting.history(one.id, user.id)
    units = unit_choices(one.id)
    at = next((job for job in jobs if job.until_on is None or job.until_on >= today()), None)
    if job_form is None:
        job_form = JobForm(formdata=None, prefix="job", data={"on": today(), "unit": at.unit_id if at else None})
    job_form.unit.choices = units
    role_form = RoleForm(formdata=None, data={"role": "manager", "unit": at.unit_id if at else None})
    role_form.unit.choices = units
    page = render_template(
        "organisations/person.html",
        organisation=one,
        person=user,
        jobs=jobs,
        leaves=leaving.leaves(one.id, user.id),
        kinds=LEAVES,
        grants=[given for given in grants(user) if given.organisation_id == one.id],
        unit_names=dict(units),
        is_here=at is not None or is_administrator(current_user),  # who has left tells an old house nothing new
        masked_fin=fin.masked(user, settings().data_folder),
        is_administrator=is_administrator(current_user),
        today=today(),
        yesterday=today() - tree.DAY,
        job_form=job_form,
        leave_form=leave_form or LeaveForm(formdata=None, prefix="leave", data={"from_on": today()}),
        role_form=role_form,
        tried=tried or job_form,
    )
    return page, 422 if tried else 200


@pages.post(f"{PERSON}/jobs")
def add_job(organisation_id: int, user_id: int) -> ResponseReturnValue:
    """Another job, or, where one is named (`job`), what it becomes from a day on."""
    one, user = person_or_404(organisation_id, user_id)
    form = JobForm(prefix="job")
    if form.validate():
        try:
            changed = request.form.get("job", 0, type=row_number)
            job = job_or_404(one, user, changed) if changed else None
            place, on = _place(form, one), form.on.data or today()
            if job is not None:
                working.change(job, place, on=max(on, today()), by=current_user, now=utc_now())
            else:
                working.join(user, one, from_on=on, place=place, by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(gettext("The job has been noted."), "structure.person", organisation_id=one.id, user_id=user.id)
    return shown_person(one, user, job_form=form, tried=form)


def _place(form: JobForm, one: Organisation) -> Place:
    unit = counting.unit_of(one.id, form.unit.data or 0)
    if unit is None:
        raise Refused(gettext("Choose a unit of the same organisation."), field="unit")
    manager = working.found_here(one.id, form.manager.data or "", today()) if form.manager.data else None
    if form.manager.data and manager is None:
        raise Refused(gettext("Nobody who works here has this number or address."), field="manager")
    name = " ".join((form.position.data or "").split())
    return Place(
        unit_id=unit.id,
        position_id=working.position_called(name).id if name else None,
        manager_id=manager,
        number=(form.number.data or "").strip() or None,
    )


@pages.post(f"{PERSON}/jobs/<int:job_id>/end")
def end_job(organisation_id: int, user_id: int, job_id: int) -> ResponseReturnValue:
    one, user = person_or_404(organisation_id, user_id)
    job = job_or_404(one, user, job_id)
    form = LastDayForm()
    last = max(form.until_on.data or today() - tree.DAY, today() - tree.DAY)  # days gone by stay as they were
    working.end(job, until_on=last, by=current_user, now=utc_now())
    return done(
        gettext("The last day of the job is noted."), "structure.person", organisation_id=one.id, user_id=user.id
    )


@pages.post(f"{PERSON}/leaves")
def record_leave(organisation_id: int, user_id: int) -> ResponseReturnValue:
    one, user = person_or_404(organisation_id, user_id)
    form = LeaveForm(prefix="leave")
    if form.validate() and form.from_on.data is not None:
        try:
            paper = documents.uploaded(form.document.data)
            away = Away(
                kind=LeaveKind(form.kind.data),
                reason=form.reason.data or "",
                from_on=form.from_on.data,
                until_on=form.until_on.data,
                document=documents.keep(paper, blobs()) if paper else None,
                document_name=paper.name if paper else "",
            )
            leaving.record(user, one, away, by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(gettext("The leave is noted."), "structure.person", organisation_id=one.id, user_id=user.id)
    return shown_person(one, user, leave_form=form, tried=form)


@pages.post(f"{PERSON}/leaves/<int:leave_id>/end")
def end_leave(organisation_id: int, user_id: int, leave_id: int) -> ResponseReturnValue:
    """With a last day, or `withdraw`: it was never one."""
    one, user = person_or_404(organisation_id, user_id)
    leave = leave_or_404(one, user, leave_id)
    if request.form.get("withdraw"):
        leaving.withdraw(leave, by=current_user, now=utc_now())
    else:
        leaving.end(leave, until_on=LastDayForm().until_on.data or today() - tree.DAY, by=current_user, now=utc_now())
    return done(gettext("The leave is noted."), "structure.person", organisation_id=one.id, user_id=user.id)


@pages.get(f"{PERSON}/leaves/<int:leave_id>/document")
def leave_document(organisation_id: int, user_id: int, leave_id: int) -> ResponseReturnValue:
    leave = leave_or_404(*person_or_404(organisation_id, user_id), leave_id)
    if leave.document is None:
        abort(404)
    return documents.offered(blobs().get(leave.document), leave.document_name)


@pages.post(f"{PERSON}/roles")
def give_role(organisation_id: int, user_id: int) -> ResponseReturnValue:
    """For administrators: manager of a unit and what is below, of the whole organisation, or training officer."""
    one, user = person_or_404(organisation_id, user_id)
    form = RoleForm()
    role = Role.OFFICER if form.role.data == Role.OFFICER else Role.MANAGER
    unit = counting.unit_of(one.id, form.unit.data or 0)
    if role is Role.MANAGER and unit is None:
        raise Refused(gettext("Choose a unit of the same organisation."))
    whole = unit is not None and unit.id == tree.root(one.id).id
    granting.grant(
        user,
        role,
        organisation_id=one.id,
        unit_id=unit.id if unit and not whole else None,
        by=current_user,
        now=utc_now(),
    )
    return done(gettext("The role has been given."), "structure.person", organisation_id=one.id, user_id=user.id)
