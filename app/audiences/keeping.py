"""Audiences are made, changed (each change is a new version) and archived; who is in them follows at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask, current_app
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app import audit
from app.accounts.models import Organisation, User
from app.audiences import reading, resolving, rules
from app.audiences.models import Audience, AudienceMember, AudienceVersion
from app.audiences.rules import Completed, Holds, InPositions, InUnits, Rule
from app.audiences.wording import names_of
from app.clock import in_baku
from app.db import covers, db
from app.errors import Refused
from app.folding import fold, sort_key


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An audience with the rule in force and how many are in it."""

    audience: Audience
    rule: Rule
    size: int


def listed(organisation_id: int, day: date, *, words: str = "", archived: bool = False) -> list[Listed]:
    """Those of the organisation whose name has the folded `words`, by name. Two queries."""
    other = aliased(AudienceVersion)
    newest = select(func.max(other.number)).where(other.audience_id == Audience.id).scalar_subquery()
    rows = db.session.execute(
        select(Audience, AudienceVersion.rule)
        .join(AudienceVersion, (AudienceVersion.audience_id == Audience.id) & (AudienceVersion.number == newest))
        .where(
            Audience.organisation_id == organisation_id,
            Audience.archived_at.is_not(None) if archived else Audience.archived_at.is_(None),
        )
    ).all()
    inside = (
        select(AudienceMember.audience_id, func.count())
        .where(AudienceMember.audience_id.in_([row[0].id for row in rows]), covers(AudienceMember, day))
        .group_by(AudienceMember.audience_id)
    )
    sizes = {row[0]: row[1] for row in db.session.execute(inside)}
    found = [
        Listed(audience=audience, rule=reading.parse(rule), size=sizes.get(audience.id, 0))
        for audience, rule in rows
        if words in fold(audience.name)
    ]
    return sorted(found, key=lambda one: sort_key(one.audience.name))


def versions(audience: Audience) -> list[AudienceVersion]:
    """The newest first."""
    wanted = select(AudienceVersion).where(AudienceVersion.audience_id == audience.id)
    return list(db.session.scalars(wanted.order_by(AudienceVersion.number.desc())))


def create(organisation: Organisation, name: str, rule: Rule, *, by: User, now: datetime) -> Audience:
    """Raises Refused (field "name") for a name that is none or taken, and for a rule that names what is not theirs."""
    _refuse_unknown(rule, organisation.id, now)
    made = Audience(
        organisation_id=organisation.id, name=_free_name(organisation.id, name), created_by=by.id, created_at=now
    )
    db.session.add(made)
    db.session.flush()
    _add_version(made, rule, 1, by, now)
    _record("audience_created", made, 1, by, now)
    return made


def change(audience: Audience, name: str, rule: Rule, *, by: User, now: datetime) -> bool:
    """Rename it, and where the rule says something else than before, begin a new version; return whether it did.

    Raises Refused as `create`, and for an archived one.
    """
    if audience.archived_at is not None:
        raise Refused(gettext("This audience has been archived."))
    _refuse_unknown(rule, audience.organisation_id, now)
    chosen = _free_name(audience.organisation_id, name, audience)
    latest = resolving.latest_version(audience.id)
    differs = rules.digest(reading.parse(latest.rule)) != rules.digest(rule)
    if chosen != audience.name:
        audience.name = chosen
        _record("audience_renamed", audience, latest.number, by, now)
    if differs:
        _add_version(audience, rule, latest.number + 1, by, now)
        _record("audience_changed", audience, latest.number + 1, by, now)
    return differs


def archive(audience: Audience, *, by: User, now: datetime) -> None:
    """From today nobody is in it. Raises Refused while it is used, naming by what."""
    if audience.archived_at is not None:
        return
    users = used_by(audience)
    if users:
        raise Refused(gettext("The audience is still used by: %(names)s.", names=", ".join(users)))
    audience.archived_at = now
    db.session.flush()
    resolving.recompute(in_baku(now).date(), now, [audience.id])
    _record("audience_archived", audience, resolving.latest_version(audience.id).number, by, now)


def tells_use(site: Flask, uses: Callable[[int], list[str]]) -> None:
    """Let a domain above say by what of its own an audience (by id) is used: the names, in the language of the page."""
    site.extensions.setdefault("bilik.audience_uses", []).append(uses)


def used_by(audience: Audience) -> list[str]:
    """The names of what uses the audience today."""
    return [name for uses in current_app.extensions.get("bilik.audience_uses", []) for name in uses(audience.id)]


def _add_version(audience: Audience, rule: Rule, number: int, by: User, now: datetime) -> None:
    said = rules.canonical(rule)
    db.session.add(AudienceVersion(audience_id=audience.id, number=number, rule=said, created_by=by.id, created_at=now))
    db.session.flush()
    resolving.recompute(in_baku(now).date(), now, [audience.id])


def _free_name(organisation_id: int, name: str, audience: Audience | None = None) -> str:
    name = " ".join(name.split())
    if not 2 <= len(name) <= 200:
        raise Refused(gettext("Give the audience a name of up to 200 letters."), field="name")
    for other in db.session.scalars(select(Audience).where(Audience.organisation_id == organisation_id)):
        if fold(other.name) == fold(name) and other is not audience:
            raise Refused(gettext("There is an audience of this name already."), field="name")
    return name


def _refuse_unknown(rule: Rule, organisation_id: int, now: datetime) -> None:
    """Units and people are those of the organisation, positions and courses are known: also of a form made by hand."""
    names = names_of([rule], organisation_id)
    conditions = [one for group in rule.groups for one in group.conditions]
    wanted = (
        ({id for one in conditions if isinstance(one, InUnits) for id in one.units}, names.units),
        (
            {code for one in conditions if isinstance(one, InPositions) and not one.beginning for code in one.codes},
            names.positions,
        ),
        ({slug for one in conditions if isinstance(one, Completed | Holds) for slug in one.courses}, names.courses),
        ({*rule.always, *rule.never}, names.people),
    )
    for asked, known in wanted:
        if not asked <= set(known):
            raise Refused(gettext("The rule names something that is not known here. Choose from the lists."))


def _record(act: str, audience: Audience, number: int, by: User, now: datetime) -> None:
    audit.record(
        act,
        actor_id=by.id,
        now=now,
        subject_type="audience",
        subject_id=audience.id,
        organisation=audience.organisation_id,
        version=number,
    )
