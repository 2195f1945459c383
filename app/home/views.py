"""Front page, what one is learning, help, privacy, administration, mails of a site that sends none."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Blueprint, abort, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import web
from app.catalogue.reading import listed_courses
from app.clock import in_baku, utc_now
from app.credentials import issuing
from app.curricula import assigning
from app.home import pausing
from app.home.navigation import navigation
from app.learning.progress import overview
from app.notices.delivering import mail_folder
from app.notices.reading import unread_count

pages = Blueprint("home", __name__)
FEATURED = 6
NEWEST_MAILS = 30


@pages.record_once
def strips(state: BlueprintSetupState) -> None:
    def grading() -> str | None:
        return pausing.sentence(current_user, utc_now()) if current_user.is_authenticated else None

    def disk() -> str | None:
        return pausing.disk_sentence(current_user, web.blobs(), utc_now()) if current_user.is_authenticated else None

    web.strip(state.app, grading)
    web.strip(state.app, disk)


@pages.app_context_processor
def for_the_layout() -> dict[str, object]:
    return {
        "navigation": navigation,
        "unread_notices": lambda: unread_count(current_user.id),
        "here": here,
        "this_year": lambda: in_baku(utc_now()).year,
    }


def here() -> str:
    """The address to come back to: this page, or the one that sent the form this page answers."""
    return request.full_path.rstrip("?") if request.method == "GET" else web.came_from() or url_for("home.front")


@pages.get("/")
def front() -> ResponseReturnValue:
    """What the house is, for visitors; what comes next, for who is signed in."""
    if not current_user.is_authenticated:
        return render_template("home/front.html", courses=listed_courses()[:FEATURED])
    courses = overview(current_user)
    return render_template(
        "home/dashboard.html",
        resume=next((one for one in courses if not one.progress.finished and one.next_item), None),
        courses=courses,
        assigned=assigning.assigned_to(current_user, now=utc_now()),
        certificates=issuing.certificates_of(current_user),
        waits_for_name=issuing.waits_for_name(current_user),
        suggested=[] if courses else listed_courses()[:3],
    )


@pages.get("/help")
def help() -> ResponseReturnValue:
    return render_template("home/help.html")


@pages.get("/privacy")
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html", settings_days=web.settings().session_days)


@pages.get("/administration")
def administration() -> ResponseReturnValue:
    return render_template("home/administration.html")


@pages.get("/dev/mail")
def dev_mail() -> ResponseReturnValue:
    """What would have been sent. Only while developing, and only where no mail server is set: links sign people in."""
    chosen = web.settings()
    if chosen.env == "production" or chosen.smtp_host is not None:
        abort(404)
    files = sorted(mail_folder(chosen).glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    mails = []
    for file in files[:NEWEST_MAILS]:
        message = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
        plain = message.get_body(("plain",))
        mails.append((message, plain.get_content() if plain else "", file.stat().st_mtime))
    return render_template("home/dev_mail.html", mails=mails)
