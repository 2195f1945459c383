"""Who the person is that an agency speaks of, and what it may write into their account.

A confirmed FIN links. So does what the agency itself already had: a personnel number of a job there, or somebody its
systems made and deleted. An e-mail address links nobody. The account is the person's: once it is used, or another
organisation has a part in it, an agency no longer writes to it, and what it says stays its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from scim2_models import ConflictException, InvalidValueException, UniquenessException
from sqlalchemy import or_, select

from app import audit
from app.accounts import fin, registering, tokens
from app.accounts.models import Grant, Organisation, TokenPurpose, User
from app.config import LANGUAGES
from app.db import db
from app.errors import Refused
from app.folding import fold
from app.notices.telling import tell
from app.organisations.models import Job
from app.organisations.scim.models import ScimResource
from app.organisations.scim.reading import alive, not_ended


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an agency said of a person, made comparable; `fin` normalised. None where it was not said."""

    name: str
    email: str | None
    language: str | None
    fin: str | None
    number: str | None


def said_of(person: Any) -> Said:
    """Raises InvalidValueException for a FIN or an address that is none, and where no name can be made."""
    civil, enterprise = person.CivilServant, person.EnterpriseUser
    addresses = sorted(person.emails or [], key=lambda one: (not one.primary, one.type != "work"))
    value = next((one.value for one in addresses if one.value), None)
    language = (person.preferred_language or "")[:2].lower()
    try:
        return Said(
            name=_name(person),
            email=registering.normalise_email(value) if value else None,
            language=language if language in LANGUAGES else None,
            fin=fin.normalise(civil.fin) if civil and civil.fin else None,
            number=enterprise.employee_number if enterprise else None,
        )
    except Refused as refusal:
        raise InvalidValueException(detail=refusal.message) from refusal


def _name(person: Any) -> str:
    """As it would stand on a certificate: the full name, else its parts, else whatever is a name."""
    name = person.name
    parts = [name.given_name, name.middle_name, name.family_name] if name else []
    whole = [name.formatted if name else None, " ".join(part for part in parts if part), person.display_name]
    for candidate in (*whole, person.user_name):
        try:
            if candidate:
                return registering.normalise_name(candidate)
        except Refused:
            continue
    raise InvalidValueException(
        detail="name: send name.formatted, its parts or displayName; 2 to 120 letters, no addresses.", attribute="name"
    )


def find(said: Said, organisation_id: int, data_folder: Path, today: date) -> tuple[User | None, bool]:
    """Who this is, if known, and whether their account began with this agency.

    Raises UniquenessException where the agency has the person under another id, or somebody else has the address.
    """
    user, made = _known(said, organisation_id, data_folder, today)
    if user is not None:
        live = select(ScimResource.uid).where(alive(organisation_id), ScimResource.user_id == user.id)
        if (uid := db.session.scalar(live)) is not None:
            raise UniquenessException(
                detail=f"You have this person already, as {uid}: the FIN or the number is theirs."
            )
        return user, made
    if said.email is not None and registering.user_of_email(said.email) is not None:
        raise UniquenessException(
            detail="Somebody has this e-mail address already. An address alone does not say who a person is: send the "
            "FIN as well, or ask the staff of the platform to add the person to your organisation with their number."
        )
    return None, True


def _known(said: Said, organisation_id: int, data_folder: Path, today: date) -> tuple[User | None, bool]:
    if said.fin is not None and (holder := _holder(said.fin, data_folder)) is not None:
        return holder, False
    if said.number is not None:
        numbered = (
            select(Job.user_id)
            .join(User, User.id == Job.user_id)
            .where(Job.organisation_id == organisation_id, Job.number == said.number, not_ended(today))
            .where(User.closed_at.is_(None))
        )
        found = list(db.session.scalars(numbered.distinct().limit(2)))
        if len(found) == 1:
            user = db.session.get_one(User, found[0])
            _refuse_other_fin(user, said, data_folder)
            return user, False
    if said.email is not None:
        before = select(ScimResource).where(
            ScimResource.organisation_id == organisation_id,
            ScimResource.deleted_at.is_not(None),
            ScimResource.made_account,
            ScimResource.user_id == select(User.id).where(User.email == said.email).scalar_subquery(),
        )
        earlier = db.session.scalars(before.limit(1)).first()
        if earlier is not None and earlier.user is not None:
            _refuse_other_fin(earlier.user, said, data_folder)
            return earlier.user, True
    return None, True


def _holder(normal: str, data_folder: Path) -> User | None:
    """For whom this FIN is confirmed."""
    hashed = fin.lookup(normal, data_folder)
    return db.session.scalar(select(User).where(User.fin_lookup == hashed, User.fin_confirmed_at.is_not(None)))


def _refuse_other_fin(user: User, said: Said, data_folder: Path) -> None:
    if said.fin and user.fin_confirmed_at and user.fin_lookup != fin.lookup(said.fin, data_folder):
        raise ConflictException(detail="Your number or address belongs to a person with another confirmed FIN.")


def invite(row: ScimResource, *, now: datetime) -> None:
    """A link to choose a password, where the account is the agency's to write to and nobody used it yet."""
    user = row.user
    assert user is not None
    if not (user.email and _is_ours(row) and _is_untouched(user)):
        return
    if tokens.handed_out_since(user, TokenPurpose.INVITATION, now - timedelta(hours=1)) >= registering.MAILS_AN_HOUR:
        return
    inviter = db.session.get_one(Organisation, row.organisation_id).name
    secret = tokens.hand_out(user, TokenPurpose.INVITATION, name=user.name, now=now)
    facts = {"name": user.name, "inviter": inviter, "reason": "", "token": secret}
    tell(None, user.email, user.language, "invitation", facts, key=f"invitation:{user.id}:{now.isoformat()}", now=now)


def write_to_account(row: ScimResource, said: Said, before: Said | None, data_folder: Path, *, now: datetime) -> None:
    """Bring what changed since `before` (None: all of it) into the account, as far as it is the agency's to write."""
    user = row.user
    assert user is not None
    is_ours = _is_ours(row)
    if said.fin is not None:
        _confirm_fin(user, said.fin, data_folder, may_write=is_ours, now=now)
    if not is_ours:
        return
    if (before is None or before.name != said.name) and user.certificate_name_confirmed_at is None:
        user.name, user.name_folded = said.name, fold(said.name)
    if not _is_untouched(user):
        return
    user.language = said.language or user.language
    is_said_anew = said.email is not None if before is None else before.email != said.email
    if said.email != user.email and is_said_anew:
        if said.email is not None and registering.user_of_email(said.email) is not None:
            raise UniquenessException(detail="Somebody else has this e-mail address already.")
        tokens.end_all(user, TokenPurpose.INVITATION, TokenPurpose.RESET_PASSWORD, now=now)
        user.email = said.email
    db.session.flush()


def _confirm_fin(user: User, normal: str, data_folder: Path, *, may_write: bool, now: datetime) -> None:
    """As staff do who have seen the card. A confirmed one of an account that is in use is changed by staff only."""
    holder = _holder(normal, data_folder)
    if holder is not None:
        if holder.id != user.id:
            raise UniquenessException(detail="This FIN is confirmed for another person.")
        return
    if not may_write or (user.fin_confirmed_at is not None and not _is_untouched(user)):
        raise ConflictException(detail="Only the staff of the platform confirm the FIN of an account in use.")
    fin.keep(user, normal, data_folder)
    user.fin_confirmed_at = now
    db.session.flush()
    audit.record("fin_confirmed", actor_id=None, subject_type="user", subject_id=user.id, now=now)


def _is_untouched(user: User) -> bool:
    """Nobody has signed in to it or chosen a password."""
    return not (user.password_hash or user.consented_at or user.email_confirmed_at or user.first_signed_in_at)


def _is_ours(row: ScimResource) -> bool:
    """The agency's to write to: begun with it or put there by a file and used by nobody yet, and shared with nobody."""
    user = row.user
    assert user is not None
    return user.is_active and (row.made_account or _is_untouched(user)) and not _is_shared(user, row.organisation_id)


def _is_shared(user: User, organisation_id: int) -> bool:
    """Works or worked elsewhere, too, or has a role here: who could change the address could take both."""
    other = select(Job.id).where(Job.user_id == user.id, Job.organisation_id != organisation_id)
    role = select(Grant.id).where(Grant.user_id == user.id)
    return db.session.scalar(select(or_(other.exists(), role.exists()))) is True
