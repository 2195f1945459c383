"""The second factor: asked for at sign-in, set up and removed on a page of the account."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup

from app.accounts import login, tokens
from app.accounts.forms import SecondFactorForm
from app.accounts.identity import policies, second_factor
from app.accounts.models import Token, TokenPurpose
from app.accounts.views import pages
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.web import limiter, settings


def step_token() -> Token | None:
    kept = session.get(login.SECOND_STEP)
    return tokens.find(kept["token"], TokenPurpose.SECOND_STEP, now=utc_now()) if kept else None


@pages.route("/sign-in/second-step", methods=["GET", "POST"])
@limiter.limit("60/minute", methods=["POST"])
def second_step() -> ResponseReturnValue:
    """The first factor was right; now the code."""
    token = step_token()
    if token is None:
        return redirect(url_for("accounts.sign_in"))
    form = SecondFactorForm()
    status = 200
    if form.validate_on_submit():
        try:
            second_factor.check(
                token.user, form.code.data or "", settings().data_folder, address=login.address(), now=utc_now()
            )
        except Refused as refusal:
            db.session.commit()  # the failed try counts
            refused_in(form, refusal)
            status = refusal.status
        else:
            token.used_at = utc_now()
            response = login.finish(token.user, session[login.SECOND_STEP])
            db.session.commit()
            return response
    page = render_template("accounts/second_step.html", form=form)
    return page, status if status != 200 else 422 if form.errors else 200


def show(form: SecondFactorForm | None = None, status: int = 422) -> ResponseReturnValue:
    folder = settings().data_folder
    is_on = second_factor.is_on(current_user)
    secret = None if is_on else second_factor.prepared_secret(current_user, folder)
    page = render_template(
        "accounts/second_factor.html",
        is_on=is_on,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else "",
        qr=Markup(second_factor.qr(current_user, secret, settings().centre_name)) if secret else "",  # noqa: S704
        codes_left=second_factor.codes_left(current_user),
        owed=login.owes_second_factor(current_user),
        form=form or SecondFactorForm(formdata=None),
    )
    return page, status if form is not None else 200


@pages.get("/account/second-factor")
def second_factor_page() -> ResponseReturnValue:
    return show()


@pages.post("/account/second-factor/prepare")
def prepare_second_factor() -> ResponseReturnValue:
    second_factor.prepare(current_user, settings().data_folder, now=utc_now())
    db.session.commit()
    return redirect(url_for("accounts.second_factor_page"), 303)


@pages.post("/account/second-factor/confirm")
@limiter.limit("60/minute")
def confirm_second_factor() -> ResponseReturnValue:
    """Answers with the recovery codes, which are shown this once."""

    def confirmed(code: str) -> list[str]:
        return second_factor.confirm(
            current_user,
            code,
            settings().data_folder,
            device=login.this_session(),
            address=login.address(),
            now=utc_now(),
        )

    return with_code(confirmed)


@pages.post("/account/second-factor/codes")
@limiter.limit("60/minute")
def renew_recovery_codes() -> ResponseReturnValue:
    def renewed(code: str) -> list[str]:
        check(code)
        return second_factor.renew_recovery_codes(current_user, settings().data_folder, now=utc_now())

    return with_code(renewed)


@pages.post("/account/second-factor/remove")
@limiter.limit("60/minute")
def remove_second_factor() -> ResponseReturnValue:
    if policies.demands(login.employers(current_user)).two_factor:
        raise Refused(gettext("Your organisation asks for a second factor. It stays."))

    def removed(code: str) -> list[str]:
        check(code)
        second_factor.remove(current_user, by=current_user, now=utc_now())
        return []

    return with_code(removed)


def check(code: str) -> None:
    second_factor.check(current_user, code, settings().data_folder, address=login.address(), now=utc_now())


def with_code(act: Any) -> ResponseReturnValue:
    """Do what needs the code of now; the page again where the code is wrong."""
    form = SecondFactorForm()
    if not form.validate():
        return show(form)
    try:
        codes = act(form.code.data or "")
    except Refused as refusal:
        db.session.commit()  # the failed try counts
        refused_in(form, refusal)
        return show(form, refusal.status)
    db.session.commit()
    if codes:
        return render_template("accounts/recovery_codes.html", codes=codes)
    flash(gettext("The second factor has been removed."), "good")
    return redirect(url_for("accounts.account"), 303)
