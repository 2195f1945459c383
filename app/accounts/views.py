"""Sign-up, sign-in, the account page."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import login
from app.config import LANGUAGES
from app.db import db
from app.web import remember_language, safe_next

pages = Blueprint("accounts", __name__)


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    response = redirect(safe_next(request.form.get("next"), url_for("home.front")), 303)
    if chosen not in LANGUAGES:
        return response
    if current_user.is_authenticated:
        current_user.language = chosen
        db.session.commit()
    return remember_language(response, chosen)


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return ""


@pages.get("/sign-up")
def sign_up() -> ResponseReturnValue:
    return ""


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    response = login.sign_out(redirect(url_for("home.front"), 303))
    db.session.commit()
    return response


@pages.get("/account")
def account() -> ResponseReturnValue:
    return ""
