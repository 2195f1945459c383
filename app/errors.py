"""Errors a person is shown, named by whose fault they are."""

from __future__ import annotations


class Refused(Exception):
    """The request is understood and declined; `message` is a translated sentence that says what to do.

    Shown on the page it came from, or as 409. `status` is the HTTP status when there is no page to return to.
    """

    def __init__(self, message: str, *, status: int = 409, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.field = field
