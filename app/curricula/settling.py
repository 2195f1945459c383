"""What was learnt is counted: periods begun, completed, and renewed where the window has opened since."""

from __future__ import annotations

from datetime import date

from app.curricula import completing, renewing
from app.curricula.completing import Users


def settle(day: date, users: Users | None = None) -> tuple[int, int]:
    """Everything of these people (None: of everybody) as of `day`; how many periods were completed, and made."""
    completing.begin(day, users=users)
    completed, renewed = completing.complete(day, users=users), 0
    while more := renewing.open_windows(day, users=users):  # who comes back after years may have renewed meanwhile
        renewed += more
        completing.begin(day, users=users)
        completed += completing.complete(day, users=users)
    return completed, renewed
