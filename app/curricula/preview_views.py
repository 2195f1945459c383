"""Before a requirement changes: who is affected and how; then it is applied. Pages of the blueprint of requirements."""

from __future__ import annotations

from math import ceil

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.clock import utc_now
from app.curricula import counting, previewing, requirements, wording
from app.curricula.effects import Kind
from app.curricula.models import Proposal
from app.curricula.previewing import Preview
from app.curricula.requirement_views import pages, requirement_or_404
from app.curricula.versions import terms
from app.db import db
from app.web import language, page_number

PAGE = 50


def proposal_or_404(organisation_id: int, requirement_id: int, proposal_id: int) -> Proposal:
    requirement = requirement_or_404(organisation_id, requirement_id)
    found = db.session.get(Proposal, proposal_id)
    if found is None or found.requirement_id != requirement.id:
        abort(404)
    return found


@pages.get("/<int:organisation_id>/<int:requirement_id>/changes/<int:proposal_id>")
def preview(organisation_id: int, requirement_id: int, proposal_id: int) -> ResponseReturnValue:
    proposal = proposal_or_404(organisation_id, requirement_id, proposal_id)
    if proposal.applied_at is not None:
        return redirect(to_requirement(proposal))
    return shown(proposal, previewing.preview(proposal, now=utc_now()))


@pages.post("/<int:organisation_id>/<int:requirement_id>/changes/<int:proposal_id>/apply")
def apply(organisation_id: int, requirement_id: int, proposal_id: int) -> ResponseReturnValue:
    """As it was seen, or not: when somebody came, left or finished meanwhile, it is shown again."""
    proposal = proposal_or_404(organisation_id, requirement_id, proposal_id)
    was_applied = proposal.applied_at is not None
    if not previewing.apply(proposal, request.form.get("seen", ""), by=current_user, now=utc_now()):
        return shown(proposal, previewing.preview(proposal, now=utc_now()), stale=True), 409
    db.session.commit()
    if not was_applied:
        flash(gettext("The change is in force."), "good")
    return redirect(to_requirement(proposal), 303)


def to_requirement(proposal: Proposal) -> str:
    return url_for(
        "requirements.show",
        organisation_id=proposal.requirement.organisation_id,
        requirement_id=proposal.requirement_id,
    )


def shown(proposal: Proposal, found: Preview, *, stale: bool = False) -> str:
    kind, words = request.args.get("kind", ""), request.args.get("q", "").strip()[:100]
    lines = found.narrowed(kind if kind in set(Kind) else "", words)
    page, versions = page_number(), requirements.versions(proposal.requirement)
    former = versions[-1]
    draft = previewing.draft_of(proposal) if proposal.audience is None else None
    titles = counting.titles_of_courses(language())
    validity_changes = draft is not None and previewing.terms_of(draft) != terms(former)
    counts = counting.counts_of([proposal.requirement_id], found.from_on) if validity_changes else {}
    return render_template(
        "curricula/preview.html",
        proposal=proposal,
        requirement=proposal.requirement,
        title_of=former.titles,
        preview=found,
        lines=lines[(page - 1) * PAGE : page * PAGE],
        total=len(lines),
        page=page,
        pages=ceil(len(lines) / PAGE),
        kind=kind,
        words=words,
        stale=stale,
        before=wording.sentences(former, titles) if draft else None,
        after=wording.sentences(draft, titles) if draft else None,
        validity_changes=validity_changes,
        valid=counts.get(proposal.requirement_id, counting.Counts()).valid,
    )
