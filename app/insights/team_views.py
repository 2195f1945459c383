"""The people of a manager, or of a training officer's organisation: lists, units, one person, one obligation.

Who has neither a team nor that office in an organisation finds nothing there (404), and nobody who is not seen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import ceil
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.accounts.permissions import is_administrator, oversees
from app.catalogue import reading
from app.clock import DAY, today, utc_now
from app.curricula.models import DueExtension
from app.db import db
from app.insights import asking, heat, histories, lights, listing, viewing
from app.insights.lights import Light
from app.insights.listing import Order
from app.insights.viewing import Narrowing, View
from app.organisations import teams
from app.web import language, page_number, row_number

pages = Blueprint("team", __name__, url_prefix="/team")


@pages.app_template_global()
def light_badge(light: Light, words: str = "") -> dict[str, str]:
    """What `badge` of parts/ui.html needs for a light."""
    return {"text": words or str(lights.LIGHTS[light]), "kind": lights.KINDS[light], "icon_name": lights.SIGNS[light]}


@pages.app_template_filter()
def day_before(day: date) -> date:
    """The last valid day of what expires on `day`."""
    return day - DAY


def view_or_404(organisation_id: int, day: date | None = None) -> View:
    view = viewing.view_of(current_user, organisation_id, day=day or today(), today=today())
    if view is None:
        abort(404)
    return view


def narrowing() -> Narrowing:
    """What the address or form asks for; what makes no sense is left out."""
    asked = request.values
    return Narrowing(
        light=next((light for light in Light if light.slug == asked.get("light")), None),
        unit_id=asked.get("unit", type=row_number),
        requirement_id=asked.get("requirement", type=row_number),
        words=asked.get("q", "").strip()[:100],
    )


def shown(template: str, view: View, here: str, **values: Any) -> str:
    """A page with what all pages of an organisation need: the tabs with how many requests wait, titles, words."""
    versions = viewing.versions_on(view.day, organisation_id=view.organisation.id)
    return render_template(
        template,
        view=view,
        organisation=view.organisation,
        here_tab=here,
        versions=versions,
        titles=listing.titles_of(versions, language()),
        waiting=asking.waiting_count(view),
        now=utc_now(),
        Light=Light,
        LIGHTS=lights.LIGHTS,
        MEANING=lights.MEANING,
        **values,
    )


@pages.get("/")
def overview() -> ResponseReturnValue:
    """Where somebody has a team or is training officer (administrators: everywhere); the only one at once."""
    ids = teams.led_organisations(current_user, today()) | teams.overseen_organisations(current_user)
    query = select(Organisation).order_by(Organisation.name)
    found = db.session.scalars(query if is_administrator(current_user) else query.where(Organisation.id.in_(ids))).all()
    if len(found) == 1:
        whole = oversees(current_user, found[0].id)
        return redirect(url_for("oversight.overview" if whole else "team.people", organisation_id=found[0].id))
    return render_template("insights/organisations.html", organisations=found)


@pages.get("/<int:organisation_id>")
def people(organisation_id: int) -> str:
    view, asked, page = view_or_404(organisation_id), narrowing(), page_number()
    order = next((one for one in Order if one == request.args.get("sort")), Order.URGENT)
    found = listing.people(view, asked, order=order, page=page)
    return shown(
        "insights/people.html",
        view,
        "people",
        found=found,
        asked=asked,
        order=order,
        page=page,
        pages=ceil(found.total / listing.PAGE),
        units=view.units(),
        courses=reading.listed_courses(),
        address=address_of(
            "team.people", organisation_id=organisation_id, sort=order if order != Order.URGENT else None
        ),
    )


@pages.get("/<int:organisation_id>/units")
def units(organisation_id: int) -> str:
    """Units by requirements; a unit leads to those below it, a number to the people behind it."""
    view, asked = view_or_404(organisation_id), narrowing()
    return shown("insights/units.html", view, "units", heat=heat.heat_map(view, asked.unit_id), asked=asked)


@pages.get("/<int:organisation_id>/people/<int:user_id>")
def person(organisation_id: int, user_id: int) -> str:
    view = view_or_404(organisation_id)
    user = seen_or_404(view, user_id)
    lines = histories.lines_of(view, user.id)
    periods = histories.completed_periods(lines)
    certificates = histories.certificates_of(periods)
    return shown(
        "insights/person.html",
        view,
        "people",
        person=user,
        lines=lines,
        places=listing.places(view, [user.id]).get(user.id, []),
        certificates={period.obligation_id: certificates.get(period.id, []) for period in periods},
        leaves=histories.leaves(view, user.id),
    )


@pages.get("/<int:organisation_id>/obligations/<int:obligation_id>")
def obligation(organisation_id: int, obligation_id: int) -> str:
    view = view_or_404(organisation_id)
    found = histories.history(view, obligation_id)
    if found is None:
        abort(404)
    return shown("insights/obligation.html", view, "people", history=found, person=found.obligation.user)


@pages.get("/<int:organisation_id>/requests")
def requests(organisation_id: int) -> str:
    """Who asked for more time and waits for an answer."""
    view = view_or_404(organisation_id)
    return shown("insights/requests.html", view, "requests", found=asking.waiting(view))


def seen_or_404(view: View, user_id: int) -> User:
    user = db.session.get(User, user_id)
    if user is None or not view.shows(user_id):
        abort(404)
    return user


def extension_or_404(view: View, extension_id: int) -> DueExtension:
    """Of somebody seen, for something the organisation asks; not one's own."""
    found = asking.extension(view, extension_id)
    if found is None:
        abort(404)
    return found


def address_of(endpoint: str, **fixed: Any) -> Any:
    """A function for templates: the address of this list, with other values for light, unit, page …"""

    def address(asked: Narrowing, **changes: Any) -> str:
        chosen = {name: value for name, value in changes.items() if name in Narrowing.__dataclass_fields__}
        rest = {name: value for name, value in changes.items() if name not in chosen}
        query = replace(asked, **chosen).as_query()
        return url_for(endpoint, **{name: value for name, value in (fixed | query | rest).items() if value is not None})

    return address
