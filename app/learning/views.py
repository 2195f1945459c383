"""Taking a course: enrol, the outline with progress, lessons, leaving."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.catalogue import reading, rendering
from app.catalogue.models import Course
from app.catalogue.views import listed_or_404, picture_url
from app.clock import utc_now
from app.db import db
from app.learning import due, enrolling, progress, rules
from app.learning.models import Enrolment
from app.web import language
from graders.course import model as content

pages = Blueprint("learning", __name__)


@pages.post("/courses/<slug>/enrol")
def enrol(slug: str) -> Response:
    enrolment = enrolling.enrol(current_user, listed_or_404(slug), now=utc_now())
    db.session.commit()
    return redirect(url_for("learning.outline", enrolment_id=enrolment.id))


@pages.get("/learn/<int:enrolment_id>")
def outline(enrolment_id: int) -> str:
    enrolment = own_or_404(enrolment_id)
    course = reading.load(enrolment.version)
    rows = progress.rows_by_item(enrolment)
    standings = {item: progress.standing_of(row) for item, row in rows.items()}
    return render_template(
        "learning/outline.html",
        enrolment=enrolment,
        course=course,
        rows=rows,
        standings=standings,
        progress_=rules.measure(course, standings, attended=enrolment.attended_at is not None),
        due=due.due_moments(enrolment),
        now=utc_now(),
    )


@pages.get("/learn/<int:enrolment_id>/lessons/<unit>/<item>")
def lesson(enrolment_id: int, unit: str, item: str) -> str:
    enrolment = own_or_404(enrolment_id)
    course = reading.load(enrolment.version)
    found = course.item(f"{unit}/{item}")
    if not isinstance(found, content.Lesson):
        abort(404)
    before, after = neighbours(course, found)
    return render_template(
        "learning/lesson.html",
        enrolment=enrolment,
        course=course,
        unit=course.unit(unit),
        lesson=found,
        text=prose(course, found, found.text, enrolment),
        before=before,
        after=after,
        standings=progress.standing_by_item(enrolment),
    )


@pages.post("/learn/<int:enrolment_id>/lessons/<unit>/<item>")
def finish_lesson(enrolment_id: int, unit: str, item: str) -> Response:
    """The lesson is read; on to the next item, or back to the outline after the last."""
    enrolment = own_or_404(enrolment_id)
    course = reading.load(enrolment.version)
    found = course.item(f"{unit}/{item}")
    if not isinstance(found, content.Lesson):
        abort(404)
    was_finished = enrolment.completed_at is not None
    progress.finish_lesson(enrolment, found.key, now=utc_now())
    db.session.commit()
    _, after = neighbours(course, found)
    if after is None or (enrolment.completed_at is not None and not was_finished):
        return redirect(url_for("learning.outline", enrolment_id=enrolment.id))
    return redirect(item_url(enrolment, after))


@pages.route("/learn/<int:enrolment_id>/leave", methods=["GET", "POST"])
def leave(enrolment_id: int) -> str | Response:
    enrolment = own_or_404(enrolment_id)
    course = reading.load(enrolment.version)
    if request.method == "GET":
        return render_template(
            "parts/confirm.html",
            title=gettext("Leave “%(title)s”?", title=course.title.get(language())),
            text=gettext("It leaves your list. What you have done is kept, and you can take the course again."),
            action=request.path,
            submit=gettext("Leave the course"),
            back=url_for("learning.outline", enrolment_id=enrolment.id),
        )
    enrolling.leave(enrolment, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("You have left the course."), "good")
    return redirect(url_for("catalogue.course", slug=enrolment.course.slug))


def own_or_404(enrolment_id: int) -> Enrolment:
    """The signed-in person's own enrolment; somebody else's does not exist for them."""
    enrolment = enrolling.own_enrolment(current_user, enrolment_id)
    if enrolment is None or enrolment.left_at is not None:
        abort(404)
    return enrolment


@pages.app_template_global()
def own_enrolment_in(row: Course) -> Enrolment | None:
    """The reader's open enrolment in a course, for pages of lower domains."""
    return enrolling.open_enrolment(current_user, row) if current_user.is_authenticated else None


@pages.app_template_global()
def item_url(enrolment: Enrolment, item: content.Item) -> str:
    """Where an item of a course is taken; quizzes and exercises are grading's pages."""
    endpoint = "learning.lesson" if isinstance(item, content.Lesson) else "grading.item"
    return url_for(endpoint, enrolment_id=enrolment.id, unit=item.unit_id, item=item.id)


@pages.app_template_global()
def prose(course: content.Course, item: content.Item, text: content.Texts, enrolment: Enrolment) -> Markup:
    """A text of an item in the reader's language, its links leading into this enrolment."""
    return rendering.render(text.get(language()), link_urls(course, item, enrolment))


def link_urls(course: content.Course, item: content.Item, enrolment: Enrolment) -> dict[str, str]:
    urls = {}
    for written, link in item.links.items():
        if link.kind == "file":
            urls[written] = picture_url(course, link.to)
        elif (target := course.item(link.to)) is not None:
            urls[written] = item_url(enrolment, target)
    return urls


def neighbours(course: content.Course, item: content.Item) -> tuple[content.Item | None, content.Item | None]:
    """The items before and after `item` in the course."""
    items = [one for _, one in course.items()]
    place = items.index(item)
    return (items[place - 1] if place else None, items[place + 1] if place + 1 < len(items) else None)
