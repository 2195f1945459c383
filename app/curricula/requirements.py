"""What an organisation asks its people to learn: made, changed by a new version, archived, asked of audiences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.accounts.models import Organisation, User
from app.audiences.models import Audience
from app.curricula.models import Renewal, Requirement, RequirementVersion


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a version is to say; the fields are those of RequirementVersion."""

    titles: Mapping[str, str]
    parts: Sequence[
        Mapping[str, Any]
    ]  # {"need": "all" | "any" | "in_order", "count": N (for any), "courses": [slug, …]}
    reasons: Mapping[str, str] = field(default_factory=dict)
    equivalents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    test_out: str | None = None
    due: Mapping[str, Any] = field(default_factory=dict)  # {"on": "2026-12-31"} | {"after": 30, "from": …} | {}
    closes_after_days: int | None = None
    validity_months: int | None = None
    window_days: int = 0
    renewal: str = Renewal.COMPLETION
    minimum_validity_days: int = 0
    look_back_days: int = 0
    minimum_days: int = 0


def create(organisation: Organisation, code: str, draft: Draft, *, by: User | None, now: datetime) -> Requirement:
    """A requirement with its first version, from today. Nobody is asked yet.

    Raises Refused for a code that is taken and for what no version may say (see `check`).
    """
    raise NotImplementedError


def check(draft: Draft) -> None:
    """Raises Refused (with `field`) for an unknown course, an empty part, days and months that contradict each other."""
    raise NotImplementedError


def change(
    requirement: Requirement, draft: Draft, *, from_on: date | None = None, by: User | None, now: datetime
) -> RequirementVersion:
    """A new version, from today or a later day. From today on it reallocates at once, else the nightly run of its day.

    Due days of who has not completed the first period move where the new version says another one, never to earlier
    than its first day + minimum_days, and never before an extension. What is completed keeps its dates.
    Raises Refused, for a day gone by as well. `allocating.affected` says beforehand what will happen.
    """
    raise NotImplementedError


def archive(requirement: Requirement, *, by: User | None, now: datetime) -> None:
    """From today nobody is asked any more; again is harmless."""
    raise NotImplementedError


def attach(requirement: Requirement, audience: Audience, *, by: User | None, now: datetime) -> None:
    """Everybody in `audience` is asked from today, at once; again is harmless. Raises Refused across organisations."""
    raise NotImplementedError


def detach(requirement: Requirement, audience: Audience, *, by: User | None, now: datetime) -> None:
    """Nobody is asked because of `audience` any more, from today; again is harmless."""
    raise NotImplementedError


def version_on(requirement: Requirement, day: date) -> RequirementVersion | None:
    """What it asks on `day`; None before its first day."""
    raise NotImplementedError


def versions(requirement: Requirement) -> list[RequirementVersion]:
    """All of them, the oldest first."""
    raise NotImplementedError
