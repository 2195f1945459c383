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
    register_domains(app)
    return app


def register_domains(site: Flask) -> None:
    """Every domain's tables and pages, in rank order from the bottom."""
    import app.accounts.models
    import app.audit
    import app.catalogue.models
    import app.credentials.models
    import app.curricula.models
    import app.grading.models
    import app.learning.models
    import app.notices.models  # noqa: F401
