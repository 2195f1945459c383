"""Signing in at an identity provider, and connecting an account with it."""

from __future__ import annotations

import time
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app import audit
from app.accounts import login, signing_in, throttling
from app.accounts.account_views import check_current
from app.accounts.forms import AskStaffForm, ConnectForm, SignInForm
from app.accounts.identity import linking, providers
from app.accounts.identity.models import How, IdentityClaim, IdentityLink
from app.accounts.identity.providers import Identity, Stopped, Trouble
from app.accounts.models import User
from app.accounts.views import onward, pages, place
from app.clock import utc_now
from app.config import Provider
from app.db import db
from app.errors import Refused, refused_in
from app.web import absolute, begin_writing, limiter, log, own_transaction, safe_next, settings

WAYS = "ways"  # in the browser's session: by state, what was begun at a provider
CLAIM = "claim"  # in the browser's session: the secret of who came back and is not known, and where they wanted to go
MOST_WAYS = 4  # tabs
BACK_WITHIN = 900  # seconds
STATUS = {
    Trouble.INVALID_STATE: 400,
    Trouble.CANCELLED: 400,
    Trouble.PROVIDER_AWAY: 503,
    Trouble.TOO_MANY_TRIES: 429,
}


def provider_or_404(key: str) -> Provider:
    return next((one for one in settings().providers if one.key == key), None) or abort(404)


def provider_name(key: str) -> str:
    """As it stands on the button; its key, when it is no longer in the settings."""
    return next((one.name for one in settings().providers if one.key == key), key)


pages.add_app_template_filter(provider_name)


def back_address(provider: Provider) -> str:
    """What is registered at the provider: always the public address, whatever name this request used."""
    return absolute(url_for("accounts.provider_back", key=provider.key))


def stopped(provider: Provider, problem: Stopped, way: dict[str, Any] | None = None) -> ResponseReturnValue:
    """The page that says what happened and what to do; signing in with a password is on every one."""
    log.warning("sign-in by provider", provider=provider.key, trouble=problem.trouble, detail=problem.detail)
    page = render_template(
        "accounts/provider_trouble.html",
        provider=provider,
        trouble=problem.trouble.value,
        next=way["next"] if way else onward(),
        connecting=bool(way and way["connect"]),
    )
    return page, STATUS.get(problem.trouble, 403)


@pages.get("/sign-in/with/<key>")
@own_transaction
@limiter.limit("120/minute")
def provider_begin(key: str) -> ResponseReturnValue:
    """A link, not a form: `form-action` of the content security policy lets no form lead to another site."""
    provider = provider_or_404(key)
    connect = request.args.get("connect") == "1"
    db.session.rollback()  # nothing is held while the provider is asked
    try:
        begun = providers.begin(provider, back_address(provider))
    except Stopped as problem:
        return stopped(provider, problem)
    by_age = sorted(session.get(WAYS, {}).items(), key=lambda one: one[1]["at"])  # the cookie keeps no order
    ways = dict(by_age[1 - MOST_WAYS :])
    ways[begun.state] = {
        "key": provider.key,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "next": url_for("accounts.account") if connect else login.fitting(onward()),
        "connect": connect,
        "at": time.time(),
    }
    session[WAYS] = ways
    return redirect(begun.url)


@pages.get("/sign-in/with/<key>/back")
@own_transaction
@limiter.limit("120/minute")
def provider_back(key: str) -> ResponseReturnValue:
    """The browser comes from the provider. A GET that writes, as the protocol has it; `state` is its token."""
    provider = provider_or_404(key)
    ways = session.get(WAYS, {})
    way = ways.pop(request.args.get("state", ""), None)
    session[WAYS] = ways
    now, where = utc_now(), place()
    if way is None or way["key"] != provider.key or time.time() - way["at"] > BACK_WITHIN:
        return stopped(provider, Stopped(Trouble.INVALID_STATE))
    try:
        throttling.check_address(where.address, now=now)
    except Refused:
        return stopped(provider, Stopped(Trouble.TOO_MANY_TRIES), way)
    db.session.rollback()
    try:
        identity = providers.complete(
            provider, back_address(provider), request.args, nonce=way["nonce"], verifier=way["verifier"]
        )
        begin_writing()
        user = linking.recognise(identity, where.data_folder, address=where.address, now=now)
    except Stopped as problem:
        begin_writing()
        note_try(provider, where, problem.trouble)
        db.session.commit()
        return stopped(provider, problem, way)
    if way["connect"] and current_user.is_authenticated:
        return connect_to_current(provider, identity, user, way)
    if user is None:
        return ask_who(identity, way)
    note_try(provider, where, None)
    response = login.sign_in(user, way["next"], how=provider.key, provider=provider.key, strong=identity.two_factor)
    db.session.commit()
    return response


def note_try(provider: Provider, where: signing_in.Place, trouble: Trouble | None) -> None:
    """For throttling; a refusal is for the audit log, too. That the provider is away is nobody's try."""
    if trouble in (Trouble.PROVIDER_AWAY, Trouble.CANCELLED):
        return
    hashed = throttling.name_hash(f"provider {provider.key}", where.data_folder)
    throttling.note(hashed, where.address, succeeded=trouble is None, reason=trouble or "", now=utc_now())
    if trouble is not None:
        audit.record(
            "provider_refused",
            actor_id=None,
            address=where.address,
            provider=provider.key,
            reason=trouble.value,
            now=utc_now(),
        )


def connect_to_current(
    provider: Provider, identity: Identity, user: User | None, way: dict[str, Any]
) -> ResponseReturnValue:
    if user is None:
        return ask_who(identity, way)
    db.session.commit()
    if user.id != current_user.id:
        return stopped(provider, Stopped(Trouble.OTHER_IDENTITY), way)
    flash(gettext("Your account is connected with %(name)s.", name=provider.name), "good")
    return redirect(url_for("accounts.account"), 303)


def ask_who(identity: Identity, way: dict[str, Any]) -> ResponseReturnValue:
    secret = linking.claim(identity, settings().data_folder, now=utc_now())
    db.session.commit()
    session[CLAIM] = {"secret": secret, "next": way["next"]}
    return redirect(url_for("accounts.connect"), 303)


# ---- whose account is it?


def own_claim() -> IdentityClaim | None:
    kept = session.get(CLAIM)
    return linking.open_claim(kept["secret"], utc_now()) if kept else None


def claim_gone() -> ResponseReturnValue:
    return render_template("accounts/claim_gone.html"), 410


@pages.route("/sign-in/connect", methods=["GET", "POST"])
@own_transaction
@limiter.limit("60/minute", methods=["POST"])
def connect() -> ResponseReturnValue:
    """Who came from a provider and is not known shows the password of the account that is theirs, or asks staff."""
    claim = own_claim()
    if claim is None:
        return claim_gone()
    form = ConnectForm() if current_user.is_authenticated else SignInForm()
    status = 200
    if form.validate_on_submit():
        try:
            return connect_now(form)
        except Refused as refusal:
            db.session.commit() if refusal.status == 401 else db.session.rollback()  # the failed try counts
            refused_in(form, refusal)
            status = refusal.status
    return shown_claim(form, AskStaffForm(formdata=None, prefix="ask"), status if status != 200 else None)


def connect_now(form: Any) -> ResponseReturnValue:
    """Raises Refused."""
    kept = session[CLAIM]
    if not current_user.is_authenticated:
        user = signing_in.sign_in(form.identifier.data or "", form.password.data or "", place(), now=utc_now())
        response = login.sign_in(user, safe_next(kept["next"], "/"), how="password", claim=kept["secret"])
        db.session.commit()
        return response
    check_current(form)
    begin_writing()
    claim = own_claim()
    if claim is None:
        return claim_gone()
    name = provider_name(claim.provider)
    linking.accept(
        claim, current_user, settings().data_folder, how=How.PASSWORD, address=login.address(), now=utc_now()
    )
    db.session.commit()
    session.pop(CLAIM)
    flash(gettext("Your account is connected with %(name)s.", name=name), "good")
    return redirect(url_for("accounts.account"), 303)


def shown_claim(form: Any, ask_form: AskStaffForm, status: int | None = None) -> ResponseReturnValue:
    claim = own_claim()
    if claim is None:
        return claim_gone()
    failed = form if form.errors else ask_form
    page = render_template(
        "accounts/connect.html",
        claim=claim,
        masked_fin=linking.masked(claim, settings().data_folder),
        form=form,
        ask_form=ask_form,
        failed=failed,
    )
    return page, status or (422 if failed.errors else 200)


@pages.post("/sign-in/connect/ask")
@limiter.limit("10/hour")
def ask_staff() -> ResponseReturnValue:
    claim = own_claim()
    if claim is None:
        return claim_gone()
    form = AskStaffForm(prefix="ask")
    other = ConnectForm(formdata=None) if current_user.is_authenticated else SignInForm(formdata=None)
    if not form.validate():
        return shown_claim(other, form)
    try:
        linking.ask_staff(claim, form.contact.data or "", now=utc_now())
    except Refused as refusal:
        refused_in(form, refusal)
        return shown_claim(other, form)
    db.session.commit()
    session.pop(CLAIM)
    flash(gettext("Staff have your request. They will reach you in the way you gave."), "good")
    return redirect(url_for("home.front"), 303)


@pages.post("/account/identities/<int:link_id>/disconnect")
def disconnect(link_id: int) -> ResponseReturnValue:
    link = db.session.get(IdentityLink, link_id)
    if link is None or link.user_id != current_user.id:
        abort(404)
    linking.unlink(link, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("Your account is no longer connected with %(name)s.", name=provider_name(link.provider)), "good")
    return redirect(url_for("accounts.account"), 303)


@pages.get("/signed-out/<key>")
def signed_out(key: str) -> ResponseReturnValue:
    """Signed out here; the provider's own session goes on until it is ended there."""
    return render_template("accounts/signed_out.html", provider=provider_or_404(key))
