"""The inbox."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

pages = Blueprint("notices", __name__)


@pages.get("/notices")
def inbox() -> ResponseReturnValue:
    return ""
