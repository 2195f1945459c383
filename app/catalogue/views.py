"""The catalogue for anybody: courses by track and level, one course with its syllabus, search, pictures of courses."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from app.catalogue import reading, search
from app.catalogue.models import Course
from app.web import language
from graders.course import model as content

pages = Blueprint("catalogue", __name__)

TRACKS = {
    "programming": lazy_gettext("Programming"),
    "ai": lazy_gettext("Artificial intelligence"),
    "robotics": lazy_gettext("Robotics"),
    "accounting": lazy_gettext("Accounting"),
    "business": lazy_gettext("Business"),
    "digital-government": lazy_gettext("Digital government"),
}
LEVELS = {
    "beginner": lazy_gettext("Beginner"),
    "intermediate": lazy_gettext("Intermediate"),
    "advanced": lazy_gettext("Advanced"),
}
AUDIENCES = {
    "youth": lazy_gettext("Young people"),
    "civil-servants": lazy_gettext("Civil servants"),
    "everyone": lazy_gettext("Everyone"),
}


@pages.record_once
def name_words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(TRACKS=TRACKS, LEVELS=LEVELS, AUDIENCES=AUDIENCES)
    state.app.extensions["bilik.courses"] = reading.course_titles  # for accounts, where a role may be of one course


PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


@pages.app_template_filter()
def in_language(texts: dict[str, str]) -> str:
    """A text of a course's row in the reader's language, or in whatever there is."""
    return content.Texts(texts, "az").get(language())


@pages.get("/courses")
def courses() -> str:
    chosen = {name: request.args.get(name) or None for name in ("track", "level", "audience")}
    listed = reading.listed_courses(**chosen)
    return render_template("catalogue/courses.html", courses=listed, chosen=chosen)


@pages.get("/courses/<slug>")
def course(slug: str) -> str:
    row = listed_or_404(slug)
    assert row.published is not None
    return render_template("catalogue/course.html", row=row, course=reading.load(row.published))


@pages.get("/search", endpoint="search")
def find() -> str | BaseResponse:
    words = request.args.get("q", "").strip()[:200]
    if not words:
        return redirect(url_for("catalogue.courses"))
    return render_template("catalogue/search.html", words=words, found=search.find(words, language()))


@pages.get("/course-files/<digest>/<slug>/<path:name>")
def picture(digest: str, slug: str, name: str) -> Response:
    """A picture that a text of this version names, or its cover; nothing else of a course's folder is served.

    The address holds the digest, so the bytes never change and may be kept for a year.
    """
    version = reading.version_by_digest(digest, slug) or abort(404)
    course = reading.load(version)
    named = {link.to for _, item in course.items() for link in item.links.values() if link.kind == "file"}
    suffix = "." + name.rpartition(".")[2].lower()
    if suffix not in PICTURES or name not in named | {course.cover}:
        abort(404, gettext("There is no such picture."))
    response = send_file(course.path / name, mimetype=PICTURES[suffix], max_age=31_536_000)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@pages.app_template_global()
def picture_url(course: content.Course, name: str) -> str:
    return url_for("catalogue.picture", digest=course.digest, slug=course.id, name=name)


@pages.app_template_global()
def cover_url(row: Course) -> str | None:
    """The cover of a listed course, if it has one."""
    if row.published is None:
        return None
    course = reading.load(row.published)
    return picture_url(course, course.cover) if course.cover else None


def listed_or_404(slug: str) -> Course:
    row = reading.course_by_slug(slug)
    if row is None or not row.is_listed:
        abort(404)
    return row
