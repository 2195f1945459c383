"""One request of an agency: who asks, when, and what is written down about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from app import audit
from app.clock import in_baku
from app.db import db
from app.organisations.scim.models import ScimResource
from app.organisations.scim.tokens import Agency


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`address`: of the service as the world sees it; `today`: the day in Baku at `now`.

    `replaces`: the whole of something is sent (PUT), where what is left out may just never have been known there.
    """

    agency: Agency
    address: str
    data_folder: Path
    now: datetime
    replaces: bool = False

    @property
    def organisation_id(self) -> int:
        return self.agency.organisation_id

    @property
    def today(self) -> date:
        return in_baku(self.now).date()

    def changed(self, act: str, row: ScimResource) -> None:
        row.revision += 1
        row.changed_at = self.now
        self.record(act, row)

    def record(self, act: str, row: ScimResource) -> None:
        """In the audit log: nobody did it, the token says which system."""
        db.session.flush()
        audit.record(
            act,
            actor_id=None,
            subject_type="user" if row.user_id else "organisation",
            subject_id=row.user_id or row.organisation_id,
            now=self.now,
            token=self.agency.token_id,
            organisation=row.organisation_id,
            resource=row.uid,
        )
