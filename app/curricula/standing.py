"""How obligations stand on a day, in SQL: the same as `rules.status`, for pages that count and filter many rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select


def obligations_on(day: date) -> Select[Any]:
    """One row for each obligation known by the end of `day`, in force or not; use `.subquery()` to filter and to count.

    Columns: obligation_id, user_id, requirement_id, organisation_id, status (a `rules.Status` value), period_id (the
    one that was open to be taken then), number, start_on, begun_on, due_on, closes_on, due_cause ("extended": an
    extension moved it), completed_period_id, completed_on, window_opens_on, expires_on (of the newest completed by then).
    """
    raise NotImplementedError


def status_on(day: date) -> ColumnElement[str]:
    """The status of `Obligation` on `day`, as a column of a SELECT from Obligation."""
    raise NotImplementedError
