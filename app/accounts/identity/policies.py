"""What organisations demand of how their people sign in: accounts from the organisation, two factors, short sessions.

Who belongs to an organisation is known above (`organisations`), which says so at start: extensions["bilik.employers"].
A demand holds at the next sign-in of whoever comes to belong, and for everybody at once when it is changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import Select, select, update

from app import audit
from app.accounts.identity.models import SecondFactor, SignInPolicy
from app.accounts.models import LoginSession, Organisation, SecondFactorState, User
from app.db import db
from app.errors import Refused

LONGEST_SESSION = 24 * 90  # hours
MOST_DOMAINS = 20
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}\.)+[a-z]{2,30}")


@dataclass(frozen=True, kw_only=True)
class Demands:
    """Of all organisations somebody belongs to, the strictest. `session_hours` None: as long as the site allows."""

    two_factor: bool = False
    session_hours: int | None = None


def demands(organisation_ids: Collection[int]) -> Demands:
    if not organisation_ids:
        return Demands()
    found = list(db.session.scalars(select(SignInPolicy).where(SignInPolicy.organisation_id.in_(organisation_ids))))
    return Demands(
        two_factor=any(one.two_factor_required for one in found),
        session_hours=min((one.session_hours for one in found if one.session_hours), default=None),
    )


def policy_of(organisation: Organisation) -> SignInPolicy | None:
    return db.session.scalar(select(SignInPolicy).where(SignInPolicy.organisation_id == organisation.id))


def check_sign_up(email: str) -> None:
    """Raises Refused (field "email") where the organisation of the address gives out the accounts itself.

    Says nothing about whether there is an account: it is the same for every address of the domain.
    """
    domain = email.rpartition("@")[2]
    for policy in db.session.scalars(select(SignInPolicy)):
        if any(domain == one or domain.endswith(f".{one}") for one in policy.email_domains):
            raise Refused(
                gettext(
                    "Accounts of %(organisation)s are made by its training officer. Ask there for an invitation; "
                    "if you have an account and forgot the password, set a new one.",
                    organisation=policy.organisation.name,
                ),
                field="email",
            )


def domains_in(text: str) -> list[str]:
    """What was typed, one domain a line or between blanks. Raises Refused (field "domains")."""
    found = sorted({word.lstrip("@").lower() for word in text.replace(",", " ").split()})
    wrong = next((word for word in found if not DOMAIN.fullmatch(word)), None)
    if wrong is not None:
        raise Refused(
            gettext("“%(word)s” is no domain. It looks like ministry.gov.az.", word=wrong[:60]), field="domains"
        )
    if len(found) > MOST_DOMAINS:
        raise Refused(gettext("Up to %(count)s domains.", count=MOST_DOMAINS), field="domains")
    return found


def hours_in(text: str) -> int | None:
    """What was typed; None: no limit of the organisation's own. Raises Refused (field "hours")."""
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= LONGEST_SESSION):
        raise Refused(
            gettext("Give a number of hours, from 1 to %(most)s, or leave it empty.", most=LONGEST_SESSION),
            field="hours",
        )
    return int(typed)


def change(
    organisation: Organisation,
    *,
    email_domains: list[str],
    two_factor_required: bool,
    session_hours: int | None,
    members: Select[int],
    by: User,
    now: datetime,
) -> None:
    """Write the policy and hold the devices of `members` (ids of users) to it at once."""
    row = policy_of(organisation)
    if row is None:
        row = SignInPolicy(organisation_id=organisation.id)
        db.session.add(row)
    row.email_domains, row.two_factor_required, row.session_hours = email_domains, two_factor_required, session_hours
    row.changed_at, row.changed_by = now, by.id
    audit.record(
        "sign_in_policy_changed",
        actor_id=by.id,
        subject_type="organisation",
        subject_id=organisation.id,
        domains=email_domains,
        two_factor=two_factor_required,
        hours=session_hours,
        now=now,
    )
    db.session.flush()
    _apply(row, members, now)


def _apply(policy: SignInPolicy, members: Select[int], now: datetime) -> None:
    theirs = (LoginSession.user_id.in_(members), LoginSession.revoked_at.is_(None), LoginSession.expires_at > now)
    if policy.two_factor_required:
        has_one = select(SecondFactor.user_id).where(SecondFactor.confirmed_at.is_not(None))
        db.session.execute(
            update(LoginSession)
            .where(*theirs, LoginSession.second_factor == SecondFactorState.NONE, LoginSession.user_id.not_in(has_one))
            .values(second_factor=SecondFactorState.OWED)
        )
    if policy.session_hours:
        lasts = timedelta(hours=policy.session_hours)
        for session in db.session.scalars(select(LoginSession).where(*theirs)):
            session.expires_at = min(session.expires_at, session.created_at + lasts)
