"""The desk: where somebody works on an item, found from the address; and what every page shows around the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, url_for
from flask_babel import get_locale
from flask_login import current_user

from app.accounts import permissions
from app.catalogue.models import CourseVersion
from app.catalogue.views import picture_url
from app.clock import utc_now
from app.db import db
from app.grading import submitting
from app.grading.models import Submission
from app.grading.recording import item_of
from app.grading.seats import Seat, seat_of
from app.learning import due, enrolling
from app.learning.progress import standing_of
from app.learning.views import link_urls, neighbours
from graders.course import Exercise, Item, Lesson, Quiz

pages = Blueprint("grading", __name__)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where somebody works on what; `to` gives the addresses of this item's own pages."""

    seat: Seat
    item: Exercise | Quiz
    to: Callable[..., str]

    @property
    def exercise(self) -> Exercise:
        return self.item if isinstance(self.item, Exercise) else abort(404)

    @property
    def quiz(self) -> Quiz:
        return self.item if isinstance(self.item, Quiz) else abort(404)


def desk_page(path: str = "", **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page of an item at two addresses: in an enrolment, and for an author walking a version."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        for root in ("/learn/<int:enrolment_id>", "/walk/<int:version_id>"):
            pages.add_url_rule(f"{root}/<unit>/<item>{path}", view_func=view, **options)
        return view

    return register


def desk_at(unit: str, item: str, enrolment_id: int | None = None, version_id: int | None = None) -> Desk:
    """The desk at this address, or 404 for who has no business there."""
    if enrolment_id is not None:
        enrolment = enrolling.own_enrolment(current_user, enrolment_id)
        if enrolment is None or enrolment.left_at is not None:
            abort(404)
        seat = Seat(user=enrolment.user, version=enrolment.version, enrolment=enrolment)
    else:
        version = db.session.get(CourseVersion, version_id or 0)
        if version is None or not permissions.instructs(current_user, version.course.slug):
            abort(404)
        seat = Seat(user=current_user._get_current_object(), version=version)
    found = seat.course.item(f"{unit}/{item}")
    if not isinstance(found, Exercise | Quiz):
        abort(404)
    return Desk(seat=seat, item=found, to=addresses(seat, found))


def addresses(seat: Seat, item: Item) -> Callable[..., str]:
    place = place_of(seat)

    def to(endpoint: str, **more: Any) -> str:
        return url_for(f"grading.{endpoint}", unit=item.unit_id, item=item.id, **place, **more)

    return to


def lang() -> str:
    return str(get_locale())


def place_of(seat: Seat) -> dict[str, Any]:
    """The part of an address that says where somebody sits."""
    return {"enrolment_id": seat.enrolment.id} if seat.enrolment is not None else {"version_id": seat.version.id}


def desk_of(submission: Submission) -> Desk:
    seat = seat_of(submission)
    found = item_of(submission)
    return Desk(seat=seat, item=found, to=addresses(seat, found))


def frame(desk: Desk) -> dict[str, Any]:
    """What every page of an item shows around the work."""
    seat, course = desk.seat, desk.seat.course
    unit = course.unit(desk.item.unit_id)
    before, after = neighbours(course, desk.item)
    home = (
        url_for("learning.outline", enrolment_id=seat.enrolment.id)
        if seat.enrolment
        else url_for("authoring.walk", version_id=seat.version.id)
    )
    return standing_facts(desk) | {
        "seat": seat,
        "course": course,
        "lang": lang(),
        "to": desk.to,
        "now": utc_now(),
        "due": due.due_at(seat.enrolment, desk.item.unit_id) if seat.enrolment else None,
        "trail": [
            (course.title.get(lang()), home),
            (unit.title.get(lang()) if unit else "", f"{home}#unit-{desk.item.unit_id}"),
        ],
        "before": _neighbour(seat, before),
        "after": _neighbour(seat, after),
    }


def standing_facts(desk: Desk) -> dict[str, Any]:
    """Points and attempts, as "grading/standing.html" shows them."""
    row = submitting.progress_row(desk.seat, desk.item.key)
    standing = standing_of(row) if row else None
    return {
        "item": desk.item,
        "attempts": submitting.attempts_of(desk.seat, desk.item, now=utc_now()),
        "standing": {
            "points": standing.points if standing else 0.0,
            "done": bool(standing and standing.done),
            "excused": bool(standing and standing.excused),
            "late": bool(row and row.late),
        },
    }


def _neighbour(seat: Seat, item: Item | None) -> dict[str, str] | None:
    return {"title": item.title.get(lang()), "url": item_url_from(seat, item)} if item is not None else None


def item_url_from(seat: Seat, item: Item) -> str:
    """Where `item` is taken by who sits at `seat`."""
    lesson = "learning.lesson" if seat.enrolment else "authoring.walk_lesson"
    endpoint = lesson if isinstance(item, Lesson) else "grading.item"
    return url_for(endpoint, unit=item.unit_id, item=item.id, **place_of(seat))


def links_of(desk: Desk) -> Mapping[str, str]:
    """Where the links of the item's texts lead from this desk."""
    seat, item = desk.seat, desk.item
    if seat.enrolment is not None:
        return link_urls(seat.course, item, seat.enrolment)
    urls = {}
    for written, link in item.links.items():
        if link.kind == "file":
            urls[written] = picture_url(seat.course, link.to)
        elif (target := seat.course.item(link.to)) is not None:
            urls[written] = item_url_from(seat, target)
    return urls
