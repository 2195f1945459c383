"""A change of a requirement is looked at before it happens: proposed, seen, applied once, as it was seen."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete

from app.accounts.models import User
from app.audiences.models import Audience
from app.clock import in_baku
from app.curricula import effects, requirements
from app.curricula.effects import Kind, Line
from app.curricula.models import Proposal, Requirement
from app.curricula.requirements import Draft
from app.curricula.rules import Terms
from app.db import db, hold
from app.errors import Refused
from app.folding import fold, sort_key
from app.formats import day_text

LOOKED_AT_FOR = timedelta(days=30)
OF_A_DRAFT = tuple(Draft.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`lines` by name. `digest` names all that is shown: another one when the world has changed."""

    lines: Sequence[Line]
    counts: Mapping[Kind, int]
    unchanged: int
    from_on: date
    digest: str

    def narrowed(self, kind: str, words: str) -> list[Line]:
        """Of one kind ("" all), whose name holds the words."""
        folded = fold(words)
        return [one for one in self.lines if (not kind or one.kind == kind) and folded in fold(one.name)]


def propose_change(requirement: Requirement, draft: Draft, from_on: date, *, by: User, now: datetime) -> Proposal:
    """Raises Refused as `requirements.change` would."""
    today = in_baku(now).date()
    if requirement.archived_on is not None:
        raise Refused(_("This requirement has ended."))
    if from_on < today:
        raise Refused(_("Give today or a day that is still to come."), field="from_on")
    former = requirements.versions(requirement)[-1]
    if from_on < former.from_on:
        planned = day_text(former.from_on.isoformat())
        raise Refused(_("A later version is planned from %(day)s.", day=planned), field="from_on")
    requirements.check(draft)
    return _propose(requirement, "change", asdict(draft), None, from_on, by=by, now=now)


def propose_audience(requirement: Requirement, audience: Audience, kind: str, *, by: User, now: datetime) -> Proposal:
    """`kind`: "attach" or "detach"."""
    return _propose(requirement, kind, {}, audience, in_baku(now).date(), by=by, now=now)


def _propose(
    requirement: Requirement,
    kind: str,
    draft: dict[str, Any],
    audience: Audience | None,
    from_on: date,
    *,
    by: User,
    now: datetime,
) -> Proposal:
    proposal = Proposal(
        requirement=requirement,
        kind=kind,
        draft=draft,
        audience=audience,
        from_on=from_on,
        created_by=by.id,
        created_at=now,
    )
    db.session.add(proposal)
    db.session.flush()
    return proposal


def forget(now: datetime) -> None:
    """Delete what was looked at a month ago and never applied."""
    left = Proposal.applied_at.is_(None) & (Proposal.created_at < now - LOOKED_AT_FOR)
    db.session.execute(delete(Proposal).where(left))


def draft_of(proposal: Proposal) -> Draft:
    return Draft(**{name: proposal.draft[name] for name in OF_A_DRAFT})


def terms_of(draft: Draft) -> Terms:
    return Terms(
        renewal=draft.renewal,
        validity_months=draft.validity_months,
        window_days=draft.window_days,
        minimum_validity_days=draft.minimum_validity_days,
    )


def preview(proposal: Proposal, *, now: datetime) -> Preview:
    """Who is affected, and how; writes nothing. A day that has gone by meanwhile is today."""
    today = in_baku(now).date()
    from_on = max(proposal.from_on, today)
    requirement = proposal.requirement
    if proposal.audience is None:
        lines, unchanged = effects.changed(requirement, draft_of(proposal), from_on)
    elif proposal.kind == "attach":
        lines, unchanged = effects.attached(requirement, proposal.audience, today)
    else:
        lines, unchanged = effects.detached(requirement, proposal.audience, today)
    lines = sorted(lines, key=lambda one: (sort_key(one.name), one.user_id))
    newest = requirements.versions(requirement)[-1].number
    shown = [proposal.id, newest, from_on, requirement.archived_on, unchanged, [asdict(one) for one in lines]]
    return Preview(
        lines=lines,
        counts=Counter(one.kind for one in lines),
        unchanged=unchanged,
        from_on=from_on,
        digest=hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest(),
    )


def apply(proposal: Proposal, seen: str, *, by: User, now: datetime) -> bool:
    """Do it, if what is to happen is still what was `seen` (the digest of a preview); False: look again.

    Harmless when it was done already. Raises Refused as the operation does.
    """
    hold(proposal)
    if proposal.applied_at is not None:
        return True
    found = preview(proposal, now=now)
    if found.digest != seen:
        return False
    if proposal.audience is None:
        requirements.change(proposal.requirement, draft_of(proposal), from_on=found.from_on, by=by, now=now)
    elif proposal.kind == "attach":
        requirements.attach(proposal.requirement, proposal.audience, by=by, now=now)
    else:
        requirements.detach(proposal.requirement, proposal.audience, by=by, now=now)
    proposal.applied_at = now
    return True
