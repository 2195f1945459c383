"""A training officer says what is asked of the people of an organisation: listed, shown, made, changed, ended."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation
from app.audiences.models import Audience
from app.clock import today, utc_now
from app.curricula import counting, previewing, requirements, wording
from app.curricula.models import Requirement, RequirementAudience
from app.curricula.requirement_forms import PLACES, RequirementForm, typed_of
from app.curricula.versions import in_force
from app.db import db
from app.errors import Refused, refused_in
from app.folding import fold
from app.organisations.staff_views import choose_organisation, overseen_or_404
from app.web import language, page_number, row_number

pages = Blueprint("requirements", __name__, url_prefix="/requirements")

PAGE = 25


def requirement_or_404(organisation_id: int, requirement_id: int) -> Requirement:
    overseen_or_404(organisation_id)
    found = db.session.get(Requirement, requirement_id)
    if found is None or found.organisation_id != organisation_id:
        abort(404)
    return found


@pages.get("/")
def index() -> ResponseReturnValue:
    return choose_organisation(gettext("Requirements"), "requirements.listing")


@pages.get("/<int:organisation_id>")
def listing(organisation_id: int) -> str:
    organisation = overseen_or_404(organisation_id)
    page, words = page_number(), request.args.get("q", "").strip()[:100]
    ended = "ended" in request.args
    rows, total = counting.listed(organisation.id, today(), words=fold(words), ended=ended, page=page, size=PAGE)
    return render_template(
        "curricula/requirements.html",
        organisation=organisation,
        waiting=counting.waiting_for(organisation.id),
        rows=rows,
        total=total,
        words=words,
        ended=ended,
        page=page,
        pages=ceil(total / PAGE),
    )


@pages.get("/<int:organisation_id>/<int:requirement_id>")
def show(organisation_id: int, requirement_id: int) -> str:
    requirement = requirement_or_404(organisation_id, requirement_id)
    versions = requirements.versions(requirement)
    version = in_force(versions, today()) or versions[0]
    titles = counting.titles_of_courses(language())
    attached = db.session.scalars(
        select(RequirementAudience)
        .where(RequirementAudience.requirement_id == requirement.id, RequirementAudience.until_on.is_(None))
        .options(joinedload(RequirementAudience.audience))
        .order_by(RequirementAudience.id)
    ).all()
    audiences = counting.audiences_of(organisation_id, today())
    taken = {one.audience_id for one in attached}
    return render_template(
        "curricula/requirement.html",
        organisation=requirement.organisation,
        requirement=requirement,
        version=version,
        said=wording.sentences(version, titles),
        versions=versions,
        to_come=[one for one in versions if one.from_on > today()],
        counts=counting.counts_of([requirement.id], today()).get(requirement.id, counting.Counts()),
        attached=attached,
        sizes={audience.id: size for audience, size in audiences},
        audiences=[pair for pair in audiences if pair[0].id not in taken],
    )


@pages.route("/<int:organisation_id>/new", methods=["GET", "POST"])
def new(organisation_id: int) -> ResponseReturnValue:
    organisation = overseen_or_404(organisation_id)
    form = RequirementForm()
    titles = counting.titles_of_courses(language())
    if (made := grown_or_valid(form, titles)) is not None:
        del form.from_on
        return written(form, made, organisation, None)
    del form.from_on
    try:
        requirement = requirements.create(
            organisation, form.code.data or "", form.draft(), by=current_user, now=utc_now()
        )
    except Refused as refusal:
        refused_at(form, refusal)
        return written(form, 422, organisation, None)
    db.session.commit()
    flash(gettext("The requirement is there. Nobody is asked yet: choose below who is."), "good")
    return redirect(url_for(".show", organisation_id=organisation.id, requirement_id=requirement.id), 303)


@pages.route("/<int:organisation_id>/<int:requirement_id>/edit", methods=["GET", "POST"])
def edit(organisation_id: int, requirement_id: int) -> ResponseReturnValue:
    """What is typed is proposed; the next page says whom it would affect, and applies it."""
    requirement = requirement_or_404(organisation_id, requirement_id)
    if requirement.archived_on is not None:
        raise Refused(gettext("This requirement has ended."))
    newest = requirements.versions(requirement)[-1]
    form = RequirementForm(**typed_of(newest), from_on=max(today(), newest.from_on))
    del form.code
    titles = counting.titles_of_courses(language())
    if (made := grown_or_valid(form, titles)) is not None:
        return written(form, made, requirement.organisation, requirement)
    try:
        proposal = previewing.propose_change(
            requirement, form.draft(), form.from_on.data or today(), by=current_user, now=utc_now()
        )
    except Refused as refusal:
        refused_at(form, refusal)
        return written(form, 422, requirement.organisation, requirement)
    db.session.commit()
    return redirect(address_of_preview(requirement, proposal.id), 303)


def grown_or_valid(form: RequirementForm, titles: dict[str, str]) -> int | None:
    """The status with which the form is shown (again); None when what was typed can be taken."""
    more = request.form.get("more", "")
    if form.is_submitted() and more:
        form.grow(more)
    form.offer(titles)
    if not form.is_submitted() or more:
        return 200
    return None if form.validate() else 422


def refused_at(form: RequirementForm, refusal: Refused) -> None:
    refusal.field = PLACES.get(refusal.field or "", refusal.field)
    refused_in(form, refusal)


def written(
    form: RequirementForm, status: int, organisation: Organisation, requirement: Requirement | None
) -> ResponseReturnValue:
    page = render_template(
        "curricula/requirement_form.html",
        form=form,
        organisation=organisation,
        requirement=requirement,
        title=requirements.versions(requirement)[-1].titles if requirement else None,
        examples=wording.examples(form.terms()),
        rows=request.form.get("more", ""),
    )
    return page, status


def address_of_preview(requirement: Requirement, proposal_id: int) -> str:
    return url_for(
        "requirements.preview",
        organisation_id=requirement.organisation_id,
        requirement_id=requirement.id,
        proposal_id=proposal_id,
    )


@pages.route("/<int:organisation_id>/<int:requirement_id>/archive", methods=["GET", "POST"])
def archive(organisation_id: int, requirement_id: int) -> ResponseReturnValue:
    requirement = requirement_or_404(organisation_id, requirement_id)
    back = url_for(".show", organisation_id=organisation_id, requirement_id=requirement.id)
    if request.method == "POST":
        requirements.archive(requirement, by=current_user, now=utc_now())
        db.session.commit()
        flash(gettext("The requirement has ended; nobody is asked any more."), "good")
        return redirect(back, 303)
    return render_template(
        "curricula/archive.html",
        requirement=requirement,
        titles=requirements.versions(requirement)[-1].titles,
        asked=counting.counts_of([requirement.id], today()).get(requirement.id, counting.Counts()).asked,
        back=back,
    )


@pages.post("/<int:organisation_id>/<int:requirement_id>/audiences")
def propose_audience(organisation_id: int, requirement_id: int) -> ResponseReturnValue:
    """Ask an audience (`attach`), or no longer (`detach`): looked at on the next page."""
    requirement = requirement_or_404(organisation_id, requirement_id)
    audience = db.session.get(Audience, request.form.get("audience", 0, type=row_number))
    kind = "detach" if request.form.get("kind") == "detach" else "attach"
    if audience is None or audience.organisation_id != organisation_id:
        raise Refused(gettext("Choose an audience."))
    if requirement.archived_on is not None:
        raise Refused(gettext("This requirement has ended."))
    proposal = previewing.propose_audience(requirement, audience, kind, by=current_user, now=utc_now())
    db.session.commit()
    return redirect(address_of_preview(requirement, proposal.id), 303)
