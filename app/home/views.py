"""Front page, what one is learning, help, privacy, administration, mails of a site that sends none."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import web
from app.catalogue.reading import course_by_slug, listed_courses
from app.clock import in_baku, utc_now
from app.credentials import issuing
from app.curricula import renewing
from app.db import db
from app.home import pausing
from app.home.navigation import navigation
from app.insights import tasks
from app.learning.progress import overview
from app.notices.delivering import mail_folder
from app.notices.reading import unread_count
from app.organisations import working
from app.training import booking

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
    now, courses = utc_now(), overview(current_user)
    return render_template(
        "home/dashboard.html",
        resume=next((one for one in courses if not one.progress.finished and one.next_item), None),
        courses=courses,
        tasks=tasks.tasks_of(current_user, now=now),
        works=bool(working.jobs_on(in_baku(now).date(), current_user.id)),
        today=in_baku(now).date(),
        seats=booking.of_user(current_user, now),
        now=now,
        certificates=issuing.certificates_of(current_user),
        waits_for_name=issuing.waits_for_name(current_user),
        suggested=[] if courses else listed_courses()[:3],
    )


@pages.post("/again/<slug>")
def take_again(slug: str) -> ResponseReturnValue:
    """A renewal: a course that is finished, begun anew."""
    course = course_by_slug(slug)
    if course is None or not course.is_listed:
        abort(404)
    enrolment = renewing.take_again(current_user, course, now=utc_now())
    db.session.commit()
    return redirect(url_for("learning.outline", enrolment_id=enrolment.id), 303)


@pages.get("/help")
def help() -> ResponseReturnValue:
    return render_template("home/help.html")


@pages.get("/privacy")
def privacy() -> ResponseReturnValue:
    known = web.settings()
    return render_template("home/privacy.html", providers=known.providers, settings_days=known.session_days)


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
