"""Who fits a rule on a day, and who has been in an audience since when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from app.accounts.models import User
from app.audiences.rules import Condition, Group, Rule


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One line of why somebody is in or out: what was asked, whether it holds, and the fact that decided.

    `asked` is a Condition, a Group, or one of the words "audience" (the root), "works_here", "always", "never".
    """

    asked: Condition | Group | str
    holds: bool
    fact: str = ""  # a translated sentence: "Finished on 3 May 2026"
    parts: tuple[Reason, ...] = ()


def people(rule: Rule, organisation_id: int, day: date) -> Select[tuple[int]]:
    """The ids of who fits on `day`: a SELECT for `in_()`, for counting and for joining. One row a person."""
    raise NotImplementedError


def recompute(day: date, now: datetime, audiences: Collection[int] | None = None) -> dict[int, tuple[int, int]]:
    """Close and open the rows of AudienceMember so that who is in on `day` is who fits; archived ones lose everybody.

    `audiences`: ids; None: every one. Set by set, in the caller's transaction; again on the same day changes nothing.
    Returns {audience id: (came in, went out)} of those where somebody did.
    """
    raise NotImplementedError


def members_on(audience_id: int, day: date) -> Select[Any]:
    """The ids of who was in the audience on `day`, as kept."""
    raise NotImplementedError


def why(rule: Rule, organisation_id: int, user: User, day: date) -> Reason:
    """The tree of conditions with what is true of `user` on `day`."""
    raise NotImplementedError
