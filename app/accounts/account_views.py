"""The account page: one's own name, address, password, FIN, devices."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf import FlaskForm

from app import audit
from app.accounts import fin, login, passwords, registering, sessions, tokens
from app.accounts.forms import ChangeAddressForm, ChangePasswordForm, FinForm, NameForm
from app.accounts.identity import linking, second_factor
from app.accounts.models import LoginSession, TokenPurpose
from app.accounts.views import link_gone, pages
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.web import begin_writing, limiter, own_transaction, settings

__all__ = ["pages"]


def show(failed: FlaskForm | None = None) -> ResponseReturnValue:
    """The page, with the one form that was refused as it was typed."""
    forms: dict[str, FlaskForm] = {}
    for key, form_class, data in (
        ("name", NameForm, {"name": current_user.name}),
        ("address", ChangeAddressForm, {}),
        ("password", ChangePasswordForm, {}),
        ("fin", FinForm, {}),
    ):
        same = isinstance(failed, form_class)
        forms[key] = failed if same and failed is not None else form_class(formdata=None, prefix=key, data=data)
    page = render_template(
        "accounts/account.html",
        forms=forms,
        failed=failed,
        masked_fin=fin.masked(current_user, settings().data_folder),
        devices=sessions.open_sessions(current_user, utc_now()),
        this_device=login.this_session(),
        links=linking.links_of(current_user),
        providers=settings().providers,
        has_second_factor=second_factor.is_on(current_user),
    )
    return page, 422 if failed else 200


def done(sentence: str) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for("accounts.account"), 303)


def refuse(form: FlaskForm, refusal: Refused | None = None) -> ResponseReturnValue:
    db.session.rollback()
    if refusal is not None:
        refused_in(form, refusal)
    return show(form)


@pages.get("/account")
def account() -> ResponseReturnValue:
    return show()


@pages.post("/account/name")
def rename() -> ResponseReturnValue:
    form = NameForm(prefix="name")
    if not form.validate():
        return refuse(form)
    try:
        if current_user.certificate_name_confirmed_at is not None:
            raise Refused(gettext("Your name stands on certificates; only staff can change it."), field="name")
        registering.rename(
            current_user, registering.normalise_name(form.name.data or ""), by=current_user, now=utc_now()
        )
    except Refused as refusal:
        return refuse(form, refusal)
    return done(gettext("Your name has been changed."))


def check_current(form: Any) -> None:
    """The password of who is asking, where there is one. Raises Refused (field "current"). Slow."""
    stored = current_user.password_hash
    if stored is not None and not passwords.is_right(stored, form.current.data or ""):
        raise Refused(gettext("This is not your present password."), field="current")


@pages.post("/account/email")
@own_transaction
@limiter.limit("20/hour")
def change_address() -> ResponseReturnValue:
    form = ChangeAddressForm(prefix="address")
    if not form.validate():
        return refuse(form)
    try:
        check_current(form)
        begin_writing()
        registering.ask_email_change(current_user, registering.normalise_email(form.email.data or ""), now=utc_now())
    except Refused as refusal:
        return refuse(form, refusal)
    return done(gettext("Open the link in the mail we have sent to the new address. Until then the old one stays."))


@pages.route("/confirm-change/<token>", methods=["GET", "POST"])
def confirm_change(token: str) -> ResponseReturnValue:
    """A button, since some mail programs open every link by themselves."""
    found = tokens.find(token, TokenPurpose.CHANGE_EMAIL, now=utc_now())
    if found is None:
        return link_gone()
    if request.method == "GET":
        return render_template("accounts/confirm_change.html", address=found.payload["email"], token=token)
    registering.change_email(found, now=utc_now())
    db.session.commit()
    flash(gettext("Your e-mail address has been changed."), "good")
    return redirect(url_for("accounts.account"), 303)


@pages.post("/account/password")
@own_transaction
@limiter.limit("30/hour")
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm(prefix="password")
    if not form.validate():
        return refuse(form)
    try:
        check_current(form)
        password = form.password.data or ""
        passwords.check_new(password, name=current_user.name, email=current_user.email or "")
        hashed = passwords.hash_password(password)
    except Refused as refusal:
        return refuse(form, refusal)
    begin_writing()
    registering.change_password(current_user, hashed, device=login.this_session(), now=utc_now())
    return done(gettext("Your password has been changed. Other devices have been signed out."))


@pages.post("/account/fin")
def give_fin() -> ResponseReturnValue:
    form = FinForm(prefix="fin")
    if not form.validate():
        return refuse(form)
    try:
        if current_user.fin_confirmed_at is not None:
            raise Refused(gettext("Your FIN is confirmed; only staff can change it."), field="fin")
        fin.keep(current_user, fin.normalise(form.fin.data or ""), settings().data_folder)
    except Refused as refusal:
        return refuse(form, refusal)
    audit.record("fin_given", actor_id=current_user.id, subject_type="user", subject_id=current_user.id, now=utc_now())
    return done(gettext("Your FIN has been saved. You can sign in with it once staff have confirmed it."))


@pages.post("/account/fin/remove")
def remove_fin() -> ResponseReturnValue:
    if current_user.fin_confirmed_at is not None:
        raise Refused(gettext("Your FIN is confirmed; only staff can change it."))
    fin.forget(current_user)
    return done(gettext("Your FIN has been removed."))


@pages.post("/account/devices/<int:session_id>/sign-out")
def sign_out_device(session_id: int) -> ResponseReturnValue:
    session = db.session.get(LoginSession, session_id)
    if session is None or session.user_id != current_user.id:
        abort(404)
    sessions.revoke(session, utc_now())
    return done(gettext("The device has been signed out."))


@pages.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    now = utc_now()
    sessions.revoke_all(current_user, now=now)
    audit.record(
        "signed_out_everywhere", actor_id=current_user.id, subject_type="user", subject_id=current_user.id, now=now
    )
    response = login.sign_out(redirect(url_for("accounts.sign_in"), 303))
    db.session.commit()
    flash(gettext("You have signed out on every device."), "info")
    return response
