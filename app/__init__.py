"""The Flask site. `create_app` is its table of contents."""

from __future__ import annotations

from flask import Flask

from app import db, web
from app.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The site as a WSGI application, from settings (default: the environment)."""
    settings = settings or Settings()
    app = Flask(__name__)
    web.configure(app, settings)
    db.init_app(app)
    if settings.env != "production":
        with app.app_context():
            db.guard_reads(db.db.engine)
    register_models()
    register_pages(app)
    return app


def register_models() -> None:
    """Every domain's tables, in rank order from the bottom."""
    import app.accounts.identity.models
    import app.accounts.models
    import app.audiences.models
    import app.audit
    import app.catalogue.models
    import app.credentials.models
    import app.curricula.models
    import app.curricula.reminding.models
    import app.grading.models
    import app.learning.models
    import app.notices.models
    import app.organisations.models
    import app.organisations.scim.models
    import app.training.models  # noqa: F401


def register_pages(site: Flask) -> None:
    """Every domain's pages, in rank order from the bottom; then who may open them and what is shown when they fail."""
    from app import access, cli, error_pages
    from app.accounts import account_views as accounts
    from app.accounts import login
    from app.accounts import staff_views as people
    from app.accounts.identity import second_views as _second_factor  # noqa: F401 - pages of the same blueprint
    from app.accounts.identity import staff_views as _identities  # noqa: F401 - pages of the same blueprint as people
    from app.accounts.identity import views as _providers  # noqa: F401 - pages of the same blueprint
    from app.audiences import keeping
    from app.audiences import views as audiences
    from app.authoring import telling
    from app.authoring import views as authoring
    from app.catalogue import views as catalogue
    from app.credentials import views as credentials
    from app.curricula import exception_views as _exception_views  # noqa: F401 - pages of the same blueprint
    from app.curricula import obligation_views as obligations
    from app.curricula import preview_views as _preview_views  # noqa: F401 - pages of the same blueprint
    from app.curricula import requirement_views as requirements
    from app.curricula.reminding import calendar_views as calendar
    from app.curricula.reminding import choosing_views as _choosing_views  # noqa: F401 - pages of the same blueprint
    from app.curricula.reminding import confirming, hours
    from app.curricula.using import titles_using
    from app.grading import rejudge_views as rejudging
    from app.grading import staff_views as _grading_staff  # noqa: F401 - pages of the same blueprint
    from app.grading import views as grading
    from app.home import views as home
    from app.insights import acting_views as _acting  # noqa: F401 - pages of the same blueprint as team
    from app.insights import asking
    from app.insights import officer_views as oversight
    from app.insights import report_views as _reports  # noqa: F401 - pages of the same blueprint as team
    from app.insights import system_views as system
    from app.insights import team_views as team
    from app.learning import enlisting
    from app.learning import joining_views as joining
    from app.learning import staff_views as teaching
    from app.learning import views as learning
    from app.notices import calendar_views as _days_off  # noqa: F401 - pages of the same blueprint
    from app.notices import preference_views as _preferences  # noqa: F401 - pages of the same blueprint
    from app.notices import views as notices
    from app.notices import workdays
    from app.notices.confirming import confirms
    from app.organisations import list_views as _lists  # noqa: F401 - pages of the same blueprint
    from app.organisations import person_views as _persons  # noqa: F401 - pages of the same blueprint
    from app.organisations import policy_views as _policies  # noqa: F401 - pages of the same blueprint
    from app.organisations import staff_views as structure
    from app.organisations import syncing
    from app.organisations.scim import token_views as connections
    from app.organisations.scim import views as scim
    from app.training import attendance_views as _attendance  # noqa: F401 - pages of the same blueprints
    from app.training import reminding
    from app.training import room_views as rooms
    from app.training import staff_views as trainings
    from app.training import timetable_views as _timetables  # noqa: F401 - pages of the same blueprint
    from app.training import views as training

    login.init_app(site)
    error_pages.init_app(site)
    for domain in (
        *(notices, accounts, people, structure, connections, scim),
        *(catalogue, learning, joining, teaching, grading, rejudging, rooms, trainings, training),
        *(credentials, audiences, requirements, obligations, calendar, authoring, team, oversight, system, home),
    ):
        site.register_blueprint(domain.pages)
    keeping.tells_use(site, titles_using)
    workdays.tells_hours(site, hours.hours_of)
    for looks in (syncing.LOOKS, enlisting.LOOKS, reminding.LOOKS, confirming.LOOKS, telling.LOOKS, asking.LOOKS):
        confirms(site, looks)
    access.init_app(site)
    cli.init_app(site)
