"""Giving roles and taking them back. The audit log keeps what the deleted row no longer says."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext
from sqlalchemy import func, select

from app import audit
from app.accounts.models import Grant, Role, User
from app.db import db, one_at_a_time
from app.errors import Refused

OF_ORGANISATION = (Role.MANAGER, Role.OFFICER)


def grant(
    user: User,
    role: Role,
    *,
    by: User | None,
    organisation_id: int | None = None,
    unit_id: int | None = None,
    course_slug: str | None = None,
    now: datetime,
) -> Grant:
    """Give a role; again is harmless.

    Managers and training officers are of an organisation, a manager perhaps of one of its units; an instructor is of
    a course, or of all (None).
    `by` None: the site's own command.
    """
    if not user.is_active:
        raise Refused(gettext("This account is closed."))
    if role in OF_ORGANISATION and organisation_id is None:
        raise Refused(gettext("Say of which organisation."), field="organisation")
    organisation_id = organisation_id if role in OF_ORGANISATION else None
    unit_id = unit_id if role is Role.MANAGER else None
    course_slug = course_slug or None if role is Role.INSTRUCTOR else None
    known = db.session.scalar(
        select(Grant).where(
            Grant.user_id == user.id,
            Grant.role == role,
            Grant.organisation_id.is_(None) if organisation_id is None else Grant.organisation_id == organisation_id,
            Grant.unit_id.is_(None) if unit_id is None else Grant.unit_id == unit_id,
            Grant.course_slug.is_(None) if course_slug is None else Grant.course_slug == course_slug,
        )
    )
    if known is not None:
        return known
    given = Grant(
        user_id=user.id,
        role=role,
        organisation_id=organisation_id,
        unit_id=unit_id,
        course_slug=course_slug,
        granted_by=by.id if by else None,
        granted_at=now,
    )
    db.session.add(given)
    db.session.flush()
    _record("role_granted", given, by, now)
    return given


def revoke(given: Grant, *, by: User, now: datetime) -> None:
    """Take a role back. The last administrator stays: somebody must be able to give roles."""
    if given.role == Role.ADMINISTRATOR:
        one_at_a_time("taking a role back")  # two administrators each of the other, at once
        others = select(func.count(func.distinct(Grant.user_id))).join(User, User.id == Grant.user_id)
        left = db.session.scalar(
            others.where(Grant.role == Role.ADMINISTRATOR, Grant.user_id != given.user_id, User.closed_at.is_(None))
        )
        if not left:
            raise Refused(gettext("This is the last administrator. Make somebody else one first."))
    _record("role_revoked", given, by, now)
    db.session.delete(given)
    db.session.flush()


def _record(act: str, given: Grant, by: User | None, now: datetime) -> None:
    audit.record(
        act,
        actor_id=by.id if by else None,
        subject_type="user",
        subject_id=given.user_id,
        now=now,
        role=str(given.role),
        organisation=given.organisation_id,
        unit=given.unit_id,
        course=given.course_slug,
    )
