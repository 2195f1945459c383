"""Signing up, in and out; forgotten passwords. The account page is in `account_views`."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts import login, passwords, registering, signing_in, tokens
from app.accounts.forms import AddressForm, CodeForm, ConfirmForm, NewPasswordForm, SignInForm, SignUpForm
from app.accounts.identity import policies
from app.accounts.models import Role, Token, TokenPurpose
from app.clock import utc_now
from app.config import LANGUAGES
from app.db import db
from app.errors import Refused, refused_in
from app.web import begin_writing, language, limiter, own_transaction, remember_language, safe_next, settings

pages = Blueprint("accounts", __name__)


@pages.app_template_filter()
def role_name(role: str) -> str:
    return {
        Role.INSTRUCTOR: gettext("Instructor"),
        Role.MANAGER: gettext("Manager of an organisation"),
        Role.OFFICER: gettext("Training officer"),
        Role.ADMINISTRATOR: gettext("Administrator"),
    }[Role(role)]


def place() -> signing_in.Place:
    return signing_in.Place(address=login.address(), data_folder=settings().data_folder)


def onward() -> str:
    return safe_next(request.args.get("next"), url_for("home.front"))


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Keeps the page; remembered in the account, and in a cookie for visitors."""
    chosen = request.form.get("language", "")
    response = redirect(safe_next(request.form.get("next"), url_for("home.front")), 303)
    if chosen not in LANGUAGES:
        return response
    if current_user.is_authenticated:
        current_user.language = chosen
        db.session.commit()
    return remember_language(response, chosen)


# ---- an account


@pages.route("/sign-up", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])  # a class behind one address signs up in one lesson
def sign_up() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("home.front"))
    form = SignUpForm()
    if form.validate_on_submit():
        try:
            registering.sign_up(
                registering.normalise_name(form.name.data or ""),
                _own_address(form.email.data or ""),
                language=language(),
                address=login.address(),
                now=utc_now(),
            )
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            db.session.commit()
            return redirect(url_for("accounts.mail_sent"), 303)
    return render_template("accounts/sign_up.html", form=form), 422 if form.errors else 200


def _own_address(typed: str) -> str:
    """An address that may sign up by itself."""
    email = registering.normalise_email(typed)
    policies.check_sign_up(email)
    return email


@pages.get("/mail-sent")
def mail_sent() -> ResponseReturnValue:
    """The same page whether or not the address is known."""
    return render_template("accounts/mail_sent.html")


def open_link(secret: str, *purposes: TokenPurpose) -> Token | None:
    return tokens.find(secret, *purposes, now=utc_now())


def link_gone() -> ResponseReturnValue:
    return render_template("accounts/link_gone.html"), 410


@pages.route("/confirm/<token>", methods=["GET", "POST"])
@own_transaction
def confirm(token: str) -> ResponseReturnValue:
    """The link of a sign-up or an invitation: name, password, and in."""
    found = open_link(token, *registering.CONFIRMING)
    if found is None:
        return link_gone()
    invited = found.purpose == TokenPurpose.INVITATION
    form = ConfirmForm(name=found.payload.get("name") or found.user.name)
    if form.validate_on_submit():
        try:
            name = registering.normalise_name(form.name.data or "")
            password = form.password.data or ""
            passwords.check_new(password, name=name, email=found.user.email or "")
            hashed = passwords.hash_password(password)
            begin_writing()
            found = open_link(token, *registering.CONFIRMING)
            if found is None:
                return link_gone()
            consented = bool(form.consent.data) or not invited  # who signed up has agreed there
            user = registering.confirm(found, name=name, password_hash=hashed, consented=consented, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            response = login.sign_in(user, url_for("home.front"), how="mail")
            db.session.commit()
            flash(gettext("Welcome! Your account is ready."), "good")
            return response
    return render_template("accounts/confirm.html", form=form, invited=invited), 422 if form.errors else 200


@pages.route("/forgotten", methods=["GET", "POST"])
@limiter.limit("30/hour", methods=["POST"])
def forgotten() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        try:
            registering.ask_reset(registering.normalise_email(form.email.data or ""), now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            db.session.commit()
            return redirect(url_for("accounts.mail_sent"), 303)
    return render_template("accounts/forgotten.html", form=form), 422 if form.errors else 200


@pages.route("/reset/<token>", methods=["GET", "POST"])
@own_transaction
def reset(token: str) -> ResponseReturnValue:
    found = open_link(token, TokenPurpose.RESET_PASSWORD)
    if found is None:
        return link_gone()
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            password = form.password.data or ""
            passwords.check_new(password, name=found.user.name, email=found.user.email or "")
            hashed = passwords.hash_password(password)
            begin_writing()
            found = open_link(token, TokenPurpose.RESET_PASSWORD)
            if found is None:
                return link_gone()
            user = registering.reset(found, password_hash=hashed, now=utc_now())
        except Refused as refusal:
            db.session.rollback()
            refused_in(form, refusal)
        else:
            response = login.sign_in(user, url_for("home.front"), how="mail")
            db.session.commit()
            flash(gettext("Your new password is set. Other devices have been signed out."), "good")
            return response
    return render_template("accounts/reset.html", form=form), 422 if form.errors else 200


# ---- in and out


@pages.route("/sign-in", methods=["GET", "POST"])
@own_transaction
@limiter.limit("120/minute", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(onward())
    form = SignInForm()
    status = 200
    if form.validate_on_submit():
        try:
            user = signing_in.sign_in(form.identifier.data or "", form.password.data or "", place(), now=utc_now())
        except Refused as refusal:
            db.session.commit()  # the failed try counts
            refused_in(form, refusal)
            status = refusal.status
        else:
            response = login.sign_in(user, onward(), how="password")
            db.session.commit()
            return response
    page = render_template("accounts/sign_in.html", form=form, providers=settings().providers)
    return page, status if status != 200 else 422 if form.errors else 200


@pages.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit("120/minute", methods=["POST"])
def sign_in_with_code() -> ResponseReturnValue:
    """For who has no e-mail address: a code on paper, given out by staff."""
    form = CodeForm()
    status = 200
    if form.validate_on_submit():
        try:
            user = signing_in.sign_in_with_code(form.code.data or "", place(), now=utc_now())
        except Refused as refusal:
            db.session.commit()
            refused_in(form, refusal)
            status = refusal.status
        else:
            agreed = user.consented_at is not None
            response = login.sign_in(
                user, onward() if agreed else url_for("accounts.consent", next=onward()), how="code"
            )
            db.session.commit()
            return response
    return render_template("accounts/code.html", form=form), status if status != 200 else 422 if form.errors else 200


@pages.route("/consent", methods=["GET", "POST"])
def consent() -> ResponseReturnValue:
    """Who got an account from staff agrees before using it."""
    if request.method == "POST":
        current_user.consented_at = current_user.consented_at or utc_now()
        db.session.commit()
        return redirect(onward(), 303)
    return render_template("accounts/consent.html")


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    ended = login.this_session()
    came_by = next((one for one in settings().providers if ended and one.key == ended.provider), None)
    if came_by is not None and came_by.sign_out_url:
        response = login.sign_out(redirect(url_for("accounts.signed_out", key=came_by.key), 303))
    else:
        response = login.sign_out(redirect(url_for("home.front"), 303))
        flash(gettext("You have signed out."), "info")
    db.session.commit()
    return response
