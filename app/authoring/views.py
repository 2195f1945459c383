"""For authors: upload a course, see the report of its check, walk through it as a learner, publish, withdraw."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from app.accounts.permissions import instructs, taught_courses
from app.authoring import checking, releasing, uploading
from app.catalogue import reading, rendering
from app.catalogue.models import Course, CourseVersion
from app.catalogue.views import picture_url
from app.clock import utc_now
from app.db import db
from app.errors import Refused
from app.grading import waking
from app.grading.wording import refusal_text
from app.learning.views import neighbours
from app.web import language, own_transaction, settings
from graders.course import model as content
from graders.course.errors import ContentError, CourseErrors
from graders.uploads import Refusal

pages = Blueprint("authoring", __name__, url_prefix="/authoring")


@pages.url_value_preprocessor
def allow_large_upload(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """A course may be larger than anything else that is sent; said before the form is read."""
    if endpoint == "authoring.upload":
        request.max_content_length = uploading.MOST_COURSE + 2**20


@pages.get("/")
def overview() -> str:
    slugs = taught_courses(current_user)
    query = select(Course).order_by(Course.slug)
    if slugs is not None:
        query = query.where(Course.slug.in_(slugs))
    return render_template("authoring/overview.html", courses=db.session.scalars(query).all())


@pages.route("/upload", methods=["GET", "POST"])
@own_transaction
def upload() -> str | Response:
    refused, errors = "", tuple[ContentError, ...]()
    if request.method == "POST":
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise Refused(gettext("Choose the .zip of the course folder."))
            slug, files = uploading.read_course(file.read(uploading.MOST_COURSE + 1), file.filename)
            version = uploading.upload(slug, files, settings().data_folder, by=current_user, now=utc_now())
            proof = checking.request_proof(version, by=current_user, now=utc_now())
        except Refused as refusal:
            refused = refusal.message
        except Refusal as refusal:
            refused = refusal_text(refusal.key, refusal.params)
        except CourseErrors as wrong:
            refused = ngettext(
                "%(num)s thing in the course must be put right.",
                "%(num)s things in the course must be put right.",
                len(wrong.errors),
            )
            errors = wrong.errors
        else:
            db.session.commit()
            waking.announce(settings(), proof.id)
            return redirect(url_for("authoring.version", version_id=version.id))
        db.session.rollback()
    page = render_template("authoring/upload.html", refused=refused, errors=errors)
    return page


@pages.get("/courses/<slug>")
def course(slug: str) -> str:
    row = taught_or_404(slug)
    versions = db.session.scalars(
        select(CourseVersion)
        .where(
            CourseVersion.course_id == row.id,
            or_(CourseVersion.published_at.is_not(None), CourseVersion.created_by.is_not(None)),
        )
        .order_by(CourseVersion.id.desc())
        .limit(50)
    ).all()
    return render_template("authoring/course.html", row=row, versions=versions)


@pages.get("/versions/<int:version_id>")
def version(version_id: int) -> str:
    """The report of a version's check, refreshed by itself while it waits or runs."""
    found = version_or_404(version_id)
    proof = checking.latest_proof(found)
    return render_template(
        "authoring/version.html",
        version=found,
        course=reading.load(found),
        proof=proof,
        proved=checking.is_proved(found),
    )


@pages.post("/versions/<int:version_id>/check")
def check(version_id: int) -> Response:
    found = version_or_404(version_id)
    proof = checking.request_proof(found, by=current_user, now=utc_now())
    db.session.commit()
    waking.announce(settings(), proof.id)
    return redirect(url_for("authoring.version", version_id=found.id))


@pages.post("/versions/<int:version_id>/publish")
def publish(version_id: int) -> Response:
    found = version_or_404(version_id)
    moved = releasing.publish(found, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("Published. %(moved)s learners of the former version go on with this one.", moved=moved), "good")
    return redirect(url_for("authoring.course", slug=found.course.slug))


@pages.post("/courses/<slug>/offered")
def set_offered(slug: str) -> Response:
    row = taught_or_404(slug)
    act = releasing.offer_again if request.form.get("offered") == "1" else releasing.withdraw
    act(row, by=current_user, now=utc_now())
    db.session.commit()
    flash(gettext("Saved."), "good")
    return redirect(url_for("authoring.course", slug=slug))


# ---- walking through a version as a learner; quizzes and exercises are grading's pages


@pages.get("/versions/<int:version_id>/walk")
def walk(version_id: int) -> str:
    found = version_or_404(version_id)
    return render_template("authoring/walk.html", version=found, course=reading.load(found))


@pages.get("/versions/<int:version_id>/walk/<unit>/<item>")
def walk_lesson(version_id: int, unit: str, item: str) -> str:
    found = version_or_404(version_id)
    course = reading.load(found)
    lesson = course.item(f"{unit}/{item}")
    if not isinstance(lesson, content.Lesson):
        abort(404)
    before, after = neighbours(course, lesson)
    return render_template(
        "authoring/lesson.html",
        version=found,
        course=course,
        lesson=lesson,
        text=rendering.render(lesson.text.get(language()), walking_urls(found, course, lesson)),
        before=before,
        after=after,
    )


@pages.app_template_global()
def walk_url(version: CourseVersion, item: content.Item) -> str:
    endpoint = "authoring.walk_lesson" if isinstance(item, content.Lesson) else "grading.item"
    return url_for(endpoint, version_id=version.id, unit=item.unit_id, item=item.id)


def walking_urls(version: CourseVersion, course: content.Course, item: content.Item) -> dict[str, str]:
    urls = {}
    for written, link in item.links.items():
        target = course.item(link.to)
        urls[written] = (
            picture_url(course, link.to) if link.kind == "file" else walk_url(version, target) if target else ""
        )
    return urls


# ---- finding


def taught_or_404(slug: str) -> Course:
    row = reading.course_by_slug(slug)
    if row is None or not instructs(current_user, slug):
        abort(404)
    return row


def version_or_404(version_id: int) -> CourseVersion:
    found = reading.version_by_id(version_id)
    if found is None or not instructs(current_user, found.course.slug):
        abort(404)
    return found
