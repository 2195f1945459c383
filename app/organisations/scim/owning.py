"""Two sources of truth: lists and systems both say who works where. What a system keeps, no list changes.

While a system is connected, the people it has are its own: where they work is said by it alone. So are the units it has
as groups: their names, their places. A list leaves them as they are and says so in its difference, row by row; all the
rest is the list's. What a list brought is a system's from the moment the system names it: a person by the confirmed FIN
or the number, a unit by its code or name, never a person by an address alone. Of what it takes over it changes only
what it says. Disconnected, a system keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.organisations.scim.models import ScimResource, ScimToken


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Ids of users and of units."""

    people: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()


def owned(organisation_id: int) -> Owned:
    """What connected systems keep of an organisation. One query or two."""
    connected = select(ScimToken.id).where(ScimToken.organisation_id == organisation_id, ScimToken.revoked_at.is_(None))
    if db.session.scalar(connected.limit(1)) is None:
        return Owned()
    kept = db.session.execute(
        select(ScimResource.user_id, ScimResource.unit_id).where(
            ScimResource.organisation_id == organisation_id, ScimResource.deleted_at.is_(None)
        )
    ).all()
    return Owned(
        people=frozenset(row.user_id for row in kept if row.user_id),
        units=frozenset(row.unit_id for row in kept if row.unit_id),
    )
