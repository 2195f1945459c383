"""For training officers: how the whole organisation stands, how it stood, and what is coming."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from flask import Blueprint, abort, request
from flask_babel import gettext

from app.insights import heat, trends
from app.insights.team_views import shown, view_or_404
from app.insights.viewing import View
from app.web import has_page, language, row_number

pages = Blueprint("oversight", __name__, url_prefix="/team")


def overseen_or_404(organisation_id: int) -> View:
    view = view_or_404(organisation_id)
    if not view.is_whole:
        abort(404)
    return view


def month_words(day: date, pattern: str = "LLL yyyy") -> str:
    return str(format_date(day, pattern, locale=language()))


@pages.get("/<int:organisation_id>/overview")
def overview(organisation_id: int) -> str:
    """Numbers, and units by requirements."""
    view = overseen_or_404(organisation_id)
    work = [
        (gettext("Requirements"), "requirements.listing", "book"),
        (gettext("Audiences"), "audiences.listing", "people"),
        (gettext("Exceptions"), "requirements.exceptions", "flag"),
        (gettext("People and units"), "structure.organisation", "brief"),
    ]
    return shown(
        "insights/overview.html",
        view,
        "overview",
        heat=heat.heat_map(view),
        work=[(label, endpoint, sign) for label, endpoint, sign in work if has_page(endpoint)],
    )


@pages.get("/<int:organisation_id>/outlook")
def outlook(organisation_id: int) -> str:
    """The last twelve months and the next twelve."""
    view = overseen_or_404(organisation_id)
    requirement_id = request.args.get("requirement", type=row_number)
    return shown(
        "insights/outlook.html",
        view,
        "outlook",
        trend=trends.trend(view, requirement_id),
        forecast=trends.forecast(view),
        requirement_id=requirement_id,
        month_words=month_words,
    )
