"""Administrators say what an organisation demands of how its people sign in."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select, union

from app.accounts.identity import policies
from app.accounts.models import Grant, Organisation
from app.clock import today, utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.organisations import working
from app.organisations.forms import SignInRulesForm
from app.organisations.staff_views import done, pages
from app.web import settings


@pages.route("/<int:organisation_id>/sign-in", methods=["GET", "POST"])
def sign_in_rules(organisation_id: int) -> ResponseReturnValue:
    organisation = db.get_or_404(Organisation, organisation_id)
    known = policies.policy_of(organisation)
    form = SignInRulesForm(
        domains="\n".join(known.email_domains) if known else "",
        two_factor=bool(known and known.two_factor_required),
        hours=str(known.session_hours) if known and known.session_hours else "",
    )
    if form.validate_on_submit():
        roles = select(Grant.user_id).where(Grant.organisation_id == organisation.id)
        everybody = union(working.people_of(organisation.id, today()), roles).subquery()
        try:
            policies.change(
                organisation,
                email_domains=policies.domains_in(form.domains.data or ""),
                two_factor_required=bool(form.two_factor.data),
                session_hours=policies.hours_in(form.hours.data or ""),
                members=select(everybody.c.user_id),
                by=current_user,
                now=utc_now(),
            )
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(
                gettext("The rules for signing in have been saved."),
                "structure.sign_in_rules",
                organisation_id=organisation.id,
            )
    page = render_template(
        "organisations/sign_in_rules.html", organisation=organisation, form=form, days=settings().session_days
    )
    return page, 422 if form.errors else 200
