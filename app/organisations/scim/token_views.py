"""Administrators connect the systems of an organisation: make a token for each, see when it was used, revoke it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.accounts.models import Organisation
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.organisations.scim import tokens
from app.organisations.scim.models import ScimToken
from app.web import absolute

pages = Blueprint("connections", __name__, url_prefix="/structure/<int:organisation_id>/connections")


class TokenForm(FlaskForm):
    name = StringField(_l("Which system is it for?"), [InputRequired(_l("This is needed.")), Length(max=200)])


@pages.route("/", methods=["GET", "POST"])
def index(organisation_id: int) -> ResponseReturnValue:
    """The tokens of the organisation; a new one is shown by the answer to the form, and never again."""
    organisation = db.get_or_404(Organisation, organisation_id)
    form = TokenForm()
    address = absolute("/scim/v2")
    if form.validate_on_submit():
        try:
            secret = tokens.hand_out(organisation, form.name.data or "", by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            db.session.commit()
            return render_template(
                "organisations/connection_made.html",
                organisation=organisation,
                name=form.name.data,
                secret=secret,
                address=address,
            )
    page = render_template(
        "organisations/connections.html",
        organisation=organisation,
        tokens=tokens.tokens_of(organisation.id),
        form=form,
        address=address,
    )
    return page, 422 if form.errors else 200


@pages.route("/<int:token_id>/revoke", methods=["GET", "POST"])
def revoke(organisation_id: int, token_id: int) -> ResponseReturnValue:
    found = select(ScimToken).where(ScimToken.id == token_id, ScimToken.organisation_id == organisation_id)
    token = db.first_or_404(found)
    back = url_for("connections.index", organisation_id=organisation_id)
    if request.method == "GET":
        return render_template(
            "parts/confirm.html",
            title=gettext("Revoke the token of %(name)s?", name=token.name),
            text=gettext(
                "The system that uses it is turned away at once. This cannot be undone, but you can make a new token."
            ),
            action=url_for("connections.revoke", organisation_id=organisation_id, token_id=token.id),
            submit=gettext("Revoke the token"),
            back=back,
        )
    tokens.revoke(token, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("The token has been revoked."), "good")
    return redirect(back, 303)
