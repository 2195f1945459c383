"""Errors a person is shown, named by whose fault it is. How they are shown: `app.error_pages`."""

from __future__ import annotations

from wtforms import Form


class Refused(Exception):
    """The request is understood and declined; `message` is a translated sentence that says what to do.

    Shown on the page it came from, or as 409. `status` is the HTTP status when there is no page to return to.
    `field` names the form field it is about, see `refused_in`.
    """

    def __init__(self, message: str, *, status: int = 409, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.field = field


def refused_in(form: Form, refusal: Refused) -> None:
    """Say the refusal in the form, at its field or on top, so that the page shows it beside what was typed."""
    if refusal.field is not None and refusal.field in form:
        field = form[refusal.field]
        field.errors = [*field.errors, refusal.message]
    else:
        form.form_errors.append(refusal.message)
