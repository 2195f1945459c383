"""What is asked of one person and how it stands: for the person, and for the training officer who decides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select

from app.accounts.permissions import is_administrator, oversees
from app.clock import DAY, today, utc_now
from app.curricula import counting, dossier, evidence, moving, timeline, wording
from app.curricula.dossier import Dossier
from app.curricula.models import DueExtension, Evidence, Exemption, Obligation
from app.curricula.obligation_forms import AnswerForm, EvidenceForm, ExemptForm, TimeForm
from app.db import db
from app.errors import Refused, refused_in
from app.organisations import documents
from app.organisations.teams import staff_on
from app.web import begin_writing, blobs, language, own_transaction

pages = Blueprint("obligations", __name__, url_prefix="/obligations")

WITH_DOCUMENT = ("obligations.hand_in", "obligations.exempt")


@pages.url_value_preprocessor
def allow_a_document(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """A document may be larger than other forms; said before the form is read."""
    if endpoint in WITH_DOCUMENT:
        request.max_content_length = documents.MOST + 2**20


def decides(obligation: Obligation) -> bool:
    """Is training officer of the organisation, and the person works there; or administrator. Not about oneself."""
    organisation_id = obligation.requirement.organisation_id
    if obligation.user_id == current_user.id or not oversees(current_user, organisation_id):
        return False
    if is_administrator(current_user):
        return True
    staff = staff_on(organisation_id, today()).subquery()
    return db.session.scalar(select(staff.c.user_id).where(staff.c.user_id == obligation.user_id)) is not None


def seen_or_404(obligation_id: int) -> Dossier:
    """One's own, or one to decide about."""
    obligation = db.session.get(Obligation, obligation_id)
    if obligation is None or not (obligation.user_id == current_user.id or decides(obligation)):
        abort(404)
    found = dossier.of(obligation, today())
    if found is None:
        abort(404)
    return found


def own_or_404(obligation_id: int) -> Dossier:
    found = seen_or_404(obligation_id)
    if found.obligation.user_id != current_user.id:
        abort(404)
    return found


def decided_or_404(obligation_id: int) -> Dossier:
    found = seen_or_404(obligation_id)
    if found.obligation.user_id == current_user.id:
        abort(404)
    return found


@pages.get("/<int:obligation_id>")
def show(obligation_id: int) -> ResponseReturnValue:
    return shown(seen_or_404(obligation_id))


def shown(found: Dossier, **forms: Any) -> ResponseReturnValue:
    """`forms`: those that were refused, with what was typed."""
    is_own = found.obligation.user_id == current_user.id
    due = {one.period_id: one.due_on for one in found.dues if one.until_on is None}
    takings = [
        timeline.Taking(
            start_on=one.start_on,
            due_on=due.get(one.id),
            completed_on=one.completed_on,
            window_opens_on=one.window_opens_on,
            expires_on=one.expires_on,
        )
        for one in found.periods
    ]
    ends = [one.until_on for one in found.sources]
    ended_on = max((day for day in ends if day), default=None) if all(ends) else None
    titles = counting.titles_of_courses(language())
    page = render_template(
        "curricula/obligation.html",
        found=found,
        is_own=is_own,
        said=wording.sentences(found.version, titles),
        slugs=list(dict.fromkeys(slug for part in found.version.parts for slug in part["courses"])),
        titles=titles,
        drawing=timeline.draw(takings, found.day, ended_on),
        due=due,
        a_day=DAY,
        time_form=forms.get("time_form") or TimeForm(formdata=None, wanted_on=None),
        evidence_form=forms.get("evidence_form") or EvidenceForm(formdata=None),
        exempt_form=forms.get("exempt_form") or ExemptForm(formdata=None, prefix="exempt", from_on=found.day),
        time_answer=forms.get("time_answer") or AnswerForm(formdata=None, prefix="time"),
        evidence_answer=forms.get("evidence_answer") or AnswerForm(formdata=None, prefix="evidence"),
        refused=next(iter(forms.values()), None),
    )
    return page, 422 if forms else 200


def done(found: Dossier, said: str) -> ResponseReturnValue:
    db.session.commit()
    flash(said, "good")
    return redirect(url_for(".show", obligation_id=found.obligation.id), 303)


# ---- the learner


@pages.post("/<int:obligation_id>/time")
def ask_for_time(obligation_id: int) -> ResponseReturnValue:
    found, form = own_or_404(obligation_id), TimeForm()
    if form.validate() and form.wanted_on.data:
        try:
            reason = form.reason.data or ""
            moving.ask_for_time(found.period, form.wanted_on.data, reason, by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(found, gettext("Your request has been sent; you will be told the answer."))
    return shown(found, time_form=form)


@pages.post("/<int:obligation_id>/evidence")
@own_transaction
def hand_in(obligation_id: int) -> ResponseReturnValue:
    found, form = own_or_404(obligation_id), EvidenceForm()
    if form.validate() and form.learnt_on.data:
        try:
            paper = documents.uploaded(form.document.data)
            if paper is None:
                raise Refused(gettext("Choose the document."), field="document")
            blob = documents.keep(paper, blobs())
            begin_writing()
            found = own_or_404(obligation_id)
            evidence.hand_in(
                found.period,
                issuer=form.issuer.data or "",
                title=form.title.data or "",
                learnt_on=form.learnt_on.data,
                document=blob,
                document_name=paper.name,
                note=(form.note.data or "").strip(),
                by=current_user,
                now=utc_now(),
            )
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(found, gettext("Your document has been handed in; you will be told the answer."))
    return shown(found, evidence_form=form)


@pages.get("/<int:obligation_id>/evidence/<int:evidence_id>/document")
def evidence_document(obligation_id: int, evidence_id: int) -> ResponseReturnValue:
    return document_of(evidence_or_404(seen_or_404(obligation_id), evidence_id))


@pages.get("/<int:obligation_id>/exemptions/<int:exemption_id>/document")
def exemption_document(obligation_id: int, exemption_id: int) -> ResponseReturnValue:
    return document_of(exemption_or_404(seen_or_404(obligation_id), exemption_id))


def document_of(row: Evidence | Exemption) -> ResponseReturnValue:
    if row.document is None:
        abort(404)
    return documents.offered(blobs().get(row.document), row.document_name)


def evidence_or_404(found: Dossier, evidence_id: int) -> Evidence:
    row = next((one for one in found.evidence if one.id == evidence_id), None)
    return row if row is not None else abort(404)


def exemption_or_404(found: Dossier, exemption_id: int) -> Exemption:
    row = next((one for one in found.exemptions if one.id == exemption_id), None)
    return row if row is not None else abort(404)


def extension_or_404(found: Dossier, extension_id: int) -> DueExtension:
    row = next((one for one in found.extensions if one.id == extension_id), None)
    return row if row is not None else abort(404)


# ---- the training officer


@pages.post("/<int:obligation_id>/extensions")
def give_time(obligation_id: int) -> ResponseReturnValue:
    found, form = decided_or_404(obligation_id), TimeForm()
    if form.validate() and form.wanted_on.data:
        try:
            now = utc_now()
            moving.give_time(found.period, form.wanted_on.data, form.reason.data or "", by=current_user, now=now)
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(found, gettext("More time has been given."))
    return shown(found, time_form=form)


@pages.post("/<int:obligation_id>/extensions/<int:extension_id>")
def answer_time(obligation_id: int, extension_id: int) -> ResponseReturnValue:
    found, form, now = decided_or_404(obligation_id), AnswerForm(prefix="time"), utc_now()
    extension = extension_or_404(found, extension_id)
    if form.validate():
        try:
            if form.decision.data == "grant":
                granted_on = form.granted_on.data or extension.wanted_on
                moving.grant_time(extension, granted_on, form.answer.data or "", by=current_user, now=now)
            else:
                moving.refuse_time(extension, form.answer.data or "", by=current_user, now=now)
        except Refused as refusal:
            refused_of_answer(form, refusal)
        else:
            return done(found, gettext("Your answer has been sent."))
    return shown(found, time_answer=form)


@pages.post("/<int:obligation_id>/evidence/<int:evidence_id>")
def answer_evidence(obligation_id: int, evidence_id: int) -> ResponseReturnValue:
    found, form, now = decided_or_404(obligation_id), AnswerForm(prefix="evidence"), utc_now()
    row = evidence_or_404(found, evidence_id)
    if form.validate():
        try:
            decide = evidence.grant if form.decision.data == "grant" else evidence.refuse
            decide(row, form.answer.data or "", by=current_user, now=now)
        except Refused as refusal:
            refused_of_answer(form, refusal)
        else:
            return done(found, gettext("Your answer has been sent."))
    return shown(found, evidence_answer=form)


def refused_of_answer(form: AnswerForm, refusal: Refused) -> None:
    refusal.field = {"reason": "answer", "wanted_on": "granted_on"}.get(refusal.field or "", refusal.field)
    refused_in(form, refusal)


@pages.post("/<int:obligation_id>/exemptions")
@own_transaction
def exempt(obligation_id: int) -> ResponseReturnValue:
    found, form = decided_or_404(obligation_id), ExemptForm(prefix="exempt")
    if form.validate() and form.from_on.data:
        try:
            paper = documents.uploaded(form.document.data)
            blob = documents.keep(paper, blobs()) if paper else None
            begin_writing()
            found, now = decided_or_404(obligation_id), utc_now()
            moving.exempt(
                found.obligation,
                kind=form.kind.data,
                reason=form.reason.data or "",
                from_on=form.from_on.data,
                until_on=form.until_on.data,
                document=blob,
                document_name=paper.name if paper else "",
                by=current_user,
                now=now,
            )
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(found, gettext("The exemption has been noted."))
    return shown(found, exempt_form=form)


@pages.post("/<int:obligation_id>/exemptions/<int:exemption_id>/lift")
def end_exemption(obligation_id: int, exemption_id: int) -> ResponseReturnValue:
    found = decided_or_404(obligation_id)
    moving.end_exemption(exemption_or_404(found, exemption_id), by=current_user, now=utc_now())
    return done(found, gettext("The exemption has ended; it is asked again from today."))
