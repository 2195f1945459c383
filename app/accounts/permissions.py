"""What somebody may do, asked as functions. One query a person and request; the answer is the person's grants."""

from __future__ import annotations

from flask import g, has_request_context
from sqlalchemy import select

from app.accounts.models import Grant, Role, User
from app.db import db


def grants(user: User) -> list[Grant]:
    """The roles given to `user`; in a request they are read once."""
    known: dict[int, list[Grant]] = g.setdefault("grants", {}) if has_request_context() else {}
    if user.id not in known:
        known[user.id] = list(db.session.scalars(select(Grant).where(Grant.user_id == user.id)))
    return known[user.id]


def roles(user: User) -> set[Role]:
    return {Role(grant.role) for grant in grants(user)}


def is_administrator(user: User) -> bool:
    return Role.ADMINISTRATOR in roles(user)


def instructs(user: User, course_slug: str) -> bool:
    """May teach the course: granted for it or for every course; administrators may too."""
    return is_administrator(user) or any(
        grant.role == Role.INSTRUCTOR and grant.course_slug in (None, course_slug) for grant in grants(user)
    )


def taught_courses(user: User) -> set[str] | None:
    """The slugs of the courses somebody teaches; None means every course."""
    if is_administrator(user):
        return None
    slugs = {grant.course_slug for grant in grants(user) if grant.role == Role.INSTRUCTOR}
    return None if None in slugs else {slug for slug in slugs if slug is not None}


def manages(user: User, organisation_id: int) -> bool:
    return is_administrator(user) or organisation_id in managed_organisations(user)


def oversees(user: User, organisation_id: int) -> bool:
    """Is training officer of the organisation; administrators may do the same."""
    return is_administrator(user) or any(
        grant.role == Role.OFFICER and grant.organisation_id == organisation_id for grant in grants(user)
    )


def managed_organisations(user: User) -> set[int]:
    """The organisations of which somebody was made manager, whole (an administrator manages none by being one)."""
    whole = (grant for grant in grants(user) if grant.role == Role.MANAGER and grant.unit_id is None)
    return {grant.organisation_id for grant in whole if grant.organisation_id}
