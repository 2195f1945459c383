"""What an organisation asks its people to learn: made, changed by a new version, archived, asked of audiences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.accounts.models import Organisation, User
from app.audiences.models import Audience
from app.catalogue.models import Course
from app.clock import DAY, in_baku
from app.curricula import allocating, changing
from app.curricula.models import (
    Obligation,
    Renewal,
    Requirement,
    RequirementAudience,
    RequirementCourse,
    RequirementVersion,
)
from app.curricula.rules import add_months
from app.curricula.settling import settle
from app.curricula.versions import by_requirement, in_force
from app.db import db, hold
from app.errors import Refused


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
    code = code.strip()
    if not 1 <= len(code) <= 120:
        raise Refused(_("Give a short code, up to 120 signs."), field="code")
    same = select(Requirement.id).where(Requirement.organisation_id == organisation.id, Requirement.code == code)
    if db.session.scalar(same) is not None:
        raise Refused(_("This code is taken by another requirement."), field="code")
    check(draft)
    requirement = Requirement(
        organisation_id=organisation.id, code=code, created_by=by.id if by else None, created_at=now
    )
    db.session.add(requirement)
    db.session.flush()
    version = _add_version(requirement, 1, in_baku(now).date(), draft, by=by, now=now)
    version.applied_on = version.from_on
    _note("requirement_created", requirement, by=by, now=now, code=code)
    return requirement


def check(draft: Draft) -> None:
    """Raises Refused (with `field`) for an unknown course, an empty part, days and months at odds with each other."""
    if not any(text.strip() for text in draft.titles.values()):
        raise Refused(_("Give the requirement a title."), field="titles")
    if not draft.parts or not all(part["courses"] for part in draft.parts):
        raise Refused(_("Choose at least one course for each part."), field="parts")
    for part in draft.parts:
        if part["need"] not in ("all", "any", "in_order"):
            raise Refused(_("Say whether all courses of the part are needed, or how many."), field="parts")
        if part["need"] == "any" and not 1 <= part.get("count", 1) <= len(set(part["courses"])):
            raise Refused(_("A part cannot need more courses than it names."), field="parts")
    named = courses_of(draft) | ({draft.due["course"]} if draft.due.get("from") == "course" else set())
    known = set(db.session.scalars(select(Course.slug).where(Course.slug.in_(named))))
    if missing := sorted(named - known):
        raise Refused(_("There is no course “%(slug)s”.", slug=missing[0]), field="parts")
    _check_days(draft)


def _check_days(draft: Draft) -> None:
    numbers = ("closes_after_days", "window_days", "minimum_validity_days", "look_back_days", "minimum_days")
    for name in numbers:
        if not 0 <= (getattr(draft, name) or 0) <= 36_500:
            raise Refused(_("Give a number of days from 0 to 36500."), field=name)
    if "after" in draft.due:
        if draft.due.get("from") not in ("assigned", "job", "sign_in", "course"):
            raise Refused(_("Say from what the days are counted."), field="due")
        if not 0 <= draft.due["after"] <= 36_500:
            raise Refused(_("Give a number of days from 0 to 36500."), field="due")
    months = draft.validity_months
    if months is None:
        return
    if not 1 <= months <= 600:
        raise Refused(_("Give a number of months from 1 to 600."), field="validity_months")
    shortest = (add_months(date(2025, 2, 28), months) - date(2025, 2, 28)).days
    if draft.window_days >= shortest:
        raise Refused(_("The window for renewing must be shorter than the validity."), field="window_days")
    if draft.renewal == Renewal.FIXED and not draft.window_days <= draft.minimum_validity_days <= shortest:
        # Totara asks for the same: otherwise renewing within the window would gain nothing.
        raise Refused(
            _("With a fixed day, the minimum validity lies between the window and the validity."),
            field="minimum_validity_days",
        )


def courses_of(draft: Draft) -> set[str]:
    """Every course that may count: of parts, equivalents, test-out."""
    named = {course for part in draft.parts for course in part["courses"]}
    named |= {course for others in draft.equivalents.values() for course in others} | set(draft.equivalents)
    return named | ({draft.test_out} if draft.test_out else set())


def change(
    requirement: Requirement, draft: Draft, *, from_on: date | None = None, by: User | None, now: datetime
) -> RequirementVersion:
    """A new version, from today or a later day. From today on it reallocates at once, else the nightly run of its day.

    Due days of who has not completed the first period move where the new version says another one, never to earlier
    than its first day + minimum_days, and never before an extension. What is completed keeps its dates.
    Raises Refused, for a day gone by as well. `changing.affected` says beforehand what will happen.
    """
    today = in_baku(now).date()
    from_on = from_on or today
    hold(requirement)
    former = versions(requirement)[-1]
    if requirement.archived_on is not None:
        raise Refused(_("This requirement has ended."))
    if from_on < today:
        raise Refused(_("Give today or a day that is still to come."), field="from_on")
    if from_on < former.from_on:
        raise Refused(_("A later version is planned from %(day)s.", day=former.from_on.isoformat()), field="from_on")
    check(draft)
    version = _add_version(requirement, former.number + 1, from_on, draft, by=by, now=now)
    _note("requirement_changed", requirement, by=by, now=now, version=version.number, from_on=from_on.isoformat())
    if from_on == today:
        changing.apply(today, [requirement.id])
        settle(today, select(Obligation.user_id).where(Obligation.requirement_id == requirement.id))
    return version


def archive(requirement: Requirement, *, by: User | None, now: datetime) -> None:
    """From today nobody is asked any more; again is harmless."""
    if requirement.archived_on is None:
        requirement.archived_on = in_baku(now).date()
        _note("requirement_archived", requirement, by=by, now=now)


def attach(requirement: Requirement, audience: Audience, *, by: User | None, now: datetime) -> None:
    """Everybody in `audience` is asked from today, at once; again is harmless. Raises Refused across organisations."""
    if audience.organisation_id != requirement.organisation_id:
        raise Refused(_("This group is of another organisation."), field="audience")
    today = in_baku(now).date()
    hold(requirement)
    if _attached(requirement, audience) is None:
        db.session.add(RequirementAudience(requirement_id=requirement.id, audience_id=audience.id, from_on=today))
        db.session.flush()
        _note("requirement_attached", requirement, by=by, now=now, audience=audience.id)
    allocating.allocate(today, now, requirements=[requirement.id])


def detach(requirement: Requirement, audience: Audience, *, by: User | None, now: datetime) -> None:
    """Nobody is asked because of `audience` any more, from today; again is harmless."""
    today = in_baku(now).date()
    hold(requirement)
    if (attached := _attached(requirement, audience)) is not None:
        attached.until_on = today - DAY
        db.session.flush()
        _note("requirement_detached", requirement, by=by, now=now, audience=audience.id)
    allocating.allocate(today, now, requirements=[requirement.id])


def version_on(requirement: Requirement, day: date) -> RequirementVersion | None:
    """What it asks on `day`; None before its first day."""
    return in_force(versions(requirement), day)


def versions(requirement: Requirement) -> list[RequirementVersion]:
    """All of them, the oldest first."""
    return by_requirement([requirement.id])[requirement.id]


def _attached(requirement: Requirement, audience: Audience) -> RequirementAudience | None:
    return db.session.scalar(
        select(RequirementAudience).where(
            RequirementAudience.requirement_id == requirement.id,
            RequirementAudience.audience_id == audience.id,
            RequirementAudience.until_on.is_(None),
        )
    )


def _add_version(
    requirement: Requirement, number: int, from_on: date, draft: Draft, *, by: User | None, now: datetime
) -> RequirementVersion:
    said = {name: _plain(value) for name, value in asdict(draft).items()}
    version = RequirementVersion(
        requirement_id=requirement.id,
        number=number,
        from_on=from_on,
        created_by=by.id if by else None,
        created_at=now,
        **said,
    )
    db.session.add(version)
    db.session.flush()
    courses = db.session.scalars(select(Course.id).where(Course.slug.in_(courses_of(draft))))
    db.session.add_all(
        RequirementCourse(requirement_id=requirement.id, version_id=version.id, course_id=course) for course in courses
    )
    db.session.flush()
    return version


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _note(act: str, requirement: Requirement, *, by: User | None, now: datetime, **details: Any) -> None:
    audit.record(
        act,
        actor_id=by.id if by else None,
        now=now,
        subject_type="requirement",
        subject_id=requirement.id,
        **details,
    )
