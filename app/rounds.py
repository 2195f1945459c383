"""What the worker does without being asked, in the order in which one thing follows from another.

A change of jobs or units is followed within half a minute; once a day, after two at night in Baku, everything is.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.audiences import resolving
from app.clock import in_baku
from app.curricula import allocating, nightly
from app.curricula.models import RequirementAudience
from app.db import db, one_at_a_time

NIGHT = 2  # o'clock in Baku


def follow(seen: dict[int, str], now: datetime) -> dict[int, str]:
    """Bring the audiences of organisations that look other than when `seen` up to today, and who is asked by them;
    return how they look now.

    Who begins with {} begins with everybody. Looked at first, then followed: what comes in between is followed again.
    """
    looks = resolving.fingerprints()
    changed = [id for id, look in looks.items() if seen.get(id) != look]
    if changed:
        one_at_a_time("nightly")
        today = in_baku(now).date()
        audiences = resolving.audiences_of(changed)
        resolving.recompute(today, now, audiences)
        # also of those where nobody moved now: the page that changed a rule recomputed it itself
        asking = select(RequirementAudience.requirement_id).where(
            RequirementAudience.audience_id.in_(audiences), RequirementAudience.until_on.is_(None)
        )
        if requirements := set(db.session.scalars(asking)):
            allocating.allocate(today, now, requirements=requirements)
    return looks


def has_changed(seen: dict[int, str]) -> bool:
    return resolving.fingerprints() != seen


def night(now: datetime) -> None:
    """The round of the day, in one transaction with its mark: never twice, after a crash once more from the start."""
    if is_night_over(now):
        nightly.run_due(now)


def is_night_over(now: datetime) -> bool:
    return in_baku(now).hour >= NIGHT
