"""What readers choose about their mails. The page shows everything; some mails can be switched off, others not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db, in_parts
from app.notices.kinds import CHOICES, Group, kind_of
from app.notices.models import Preference


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """`not_mailed`: groups that stay on the page; `at_any_hour`: mail does not wait for working hours."""

    not_mailed: frozenset[Group] = frozenset()
    at_any_hour: bool = False

    def mails(self, kind: str) -> bool:
        return kind_of(kind).group not in self.not_mailed


EVERYTHING = Chosen()


def chosen_by(recipients: Collection[int]) -> Mapping[int, Chosen]:
    """By recipient; who never chose anything is missing and gets `EVERYTHING`."""
    found = {}
    for few in in_parts(recipients):
        for row in db.session.scalars(select(Preference).where(Preference.recipient_id.in_(few))):
            groups = frozenset(Group(name) for name in row.not_mailed if name in CHOICES)
            found[row.recipient_id] = Chosen(not_mailed=groups, at_any_hour=row.at_any_hour)
    return found


def choose(recipient_id: int, chosen: Chosen, *, now: datetime) -> None:
    """Groups that are no choice are left out, whoever asks."""
    row = db.session.get(Preference, recipient_id)
    if row is None:
        row = Preference(recipient_id=recipient_id)
        db.session.add(row)
    row.not_mailed = sorted(chosen.not_mailed & set(CHOICES))
    row.at_any_hour, row.changed_at = chosen.at_any_hour, now
    db.session.flush()
