"""The queue of who was not simply asked, and the three ways out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from app.accounts.models import User
from app.curricula.models import AllocationException


def waiting(organisation_id: int) -> Select[Any]:
    """The AllocationExceptions of an organisation that wait for a decision, the oldest first.

    `details`: {"doubts": [every doubt], "due_on": day or None, "courses": [asked elsewhere], "from": what is not known}.
    """
    raise NotImplementedError


def assign(exceptions: Sequence[AllocationException], *, by: User, now: datetime) -> int:
    """Ask them all the same, with the due day as the requirement says; return how many. Decided ones are left out."""
    raise NotImplementedError


def assign_realistic(exceptions: Sequence[AllocationException], *, by: User, now: datetime) -> int:
    """Ask them with a due day of the minimum time and a week from today; return how many."""
    raise NotImplementedError


def dismiss(exceptions: Sequence[AllocationException], *, by: User, now: datetime) -> int:
    """Do not ask them because of this audience, as long as they stay in it; return how many."""
    raise NotImplementedError
