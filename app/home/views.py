"""Front page, help, privacy."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.clock import in_baku, utc_now
from app.home.navigation import navigation
from app.notices.reading import unread_count

pages = Blueprint("home", __name__)


@pages.app_context_processor
def for_the_layout() -> dict[str, object]:
    return {
        "navigation": navigation,
        "unread_notices": lambda: unread_count(current_user.id),
        "here": lambda: request.full_path.rstrip("?") if request.method == "GET" else request.path,
        "this_year": lambda: in_baku(utc_now()).year,
    }


@pages.get("/")
def front() -> ResponseReturnValue:
    return render_template("home/front.html")


@pages.get("/help")
def help() -> ResponseReturnValue:
    return ""


@pages.get("/privacy")
def privacy() -> ResponseReturnValue:
    return ""
