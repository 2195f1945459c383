"""Administrators decide whose account an identity is, disconnect one, and help who has lost the phone."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts import people
from app.accounts.identity import linking, second_factor
from app.accounts.identity.models import How, IdentityClaim, IdentityLink
from app.accounts.models import User
from app.accounts.staff_views import back_to, pages
from app.clock import utc_now
from app.db import db
from app.errors import Refused
from app.web import row_number, settings


@pages.get("/identities")
def identities() -> ResponseReturnValue:
    """Whom a provider knows, and who asked staff to find their account."""
    now, folder = utc_now(), settings().data_folder
    waiting = [(one, linking.masked(one, folder)) for one in linking.asked(now)]
    return render_template("accounts/identities.html", waiting=waiting)


def claim_or_404(claim_id: int) -> IdentityClaim:
    open_ones = IdentityClaim.asked_at.is_not(None) & IdentityClaim.decided_at.is_(None)
    return db.first_or_404(db.select(IdentityClaim).where(IdentityClaim.id == claim_id, open_ones))


@pages.get("/identities/<int:claim_id>")
def identity(claim_id: int) -> ResponseReturnValue:
    claim = claim_or_404(claim_id)
    words = request.args.get("q", claim.name)[:100]
    found, _pages = people.find_people(words)
    return render_template(
        "accounts/identity.html",
        claim=claim,
        masked_fin=linking.masked(claim, settings().data_folder),
        words=words,
        found=[one for one in found if one.is_active],
        same_fin=linking.said_the_same_fin(claim),
    )


@pages.post("/identities/<int:claim_id>/connect")
def connect_identity(claim_id: int) -> ResponseReturnValue:
    claim = claim_or_404(claim_id)
    user = db.session.get(User, request.form.get("user", 0, type=row_number))
    if user is None:
        raise Refused(gettext("Choose a person."))
    linking.accept(claim, user, settings().data_folder, how=How.STAFF, by=current_user, now=utc_now())
    return back_to(user.id, gettext("The identity has been connected with this account."))


@pages.post("/identities/<int:claim_id>/turn-down")
def turn_down_identity(claim_id: int) -> ResponseReturnValue:
    linking.turn_down(claim_or_404(claim_id), by=current_user, now=utc_now())
    db.session.commit()
    return redirect(url_for("people.identities"), 303)


@pages.post("/people/<int:user_id>/identities/<int:link_id>/disconnect")
def disconnect_identity(user_id: int, link_id: int) -> ResponseReturnValue:
    link = db.first_or_404(db.select(IdentityLink).where(IdentityLink.id == link_id, IdentityLink.user_id == user_id))
    linking.unlink(link, by=current_user, now=utc_now())
    return back_to(user_id, gettext("The identity no longer opens this account."))


@pages.post("/people/<int:user_id>/second-factor/remove")
def remove_second_factor(user_id: int) -> ResponseReturnValue:
    user = db.get_or_404(User, user_id)
    second_factor.remove(user, by=current_user, now=utc_now())
    return back_to(user_id, gettext("The second factor has been removed. Every device of this person is signed out."))
