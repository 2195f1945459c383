"""Which account an identity from a provider belongs to, and how the two come to be linked.

A FIN the provider confirms leads only to an account whose own FIN is confirmed. An e-mail address leads nowhere.
Whoever is not found that way shows the account's password, or staff find out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from flask_babel import gettext
from sqlalchemy import delete, select

from app import audit, keys
from app.accounts import fin as fins
from app.accounts.identity.models import How, IdentityClaim, IdentityLink
from app.accounts.identity.providers import Identity, Stopped, Trouble
from app.accounts.identity.safety import Change, tell_owner
from app.accounts.models import User
from app.accounts.sessions import token_hash
from app.db import db, one_at_a_time
from app.errors import Refused

SHOWN_FOR = timedelta(minutes=15)  # to find the password
ASKED_FOR = timedelta(days=30)  # until staff have decided
MOST_ASKED = 500  # open at once: whoever has an identity may ask, and not fill the disk


def recognise(identity: Identity, data_folder: Path, *, address: str, now: datetime) -> User | None:
    """The account of this identity; None where nobody knows yet. Raises Stopped where it must not be let in."""
    one_at_a_time("linking")
    link = _link(identity.issuer, subject_hash(identity, data_folder))
    of_fin = _holder(fins.lookup(identity.fin, data_folder)) if identity.fin else None
    if link is not None and link.user.is_active:
        if (
            identity.fin
            and link.user.fin_confirmed_at
            and link.user.fin_lookup != fins.lookup(identity.fin, data_folder)
        ):
            raise Stopped(Trouble.FIN_DIFFERS)
        if of_fin is not None and of_fin.id != link.user_id:
            raise Stopped(Trouble.FIN_DIFFERS)
        link.used_at = now
        return link.user
    if of_fin is None:
        if link is not None:
            raise Stopped(Trouble.ACCOUNT_INACTIVE)
        return None
    if _link_of(of_fin, identity.issuer) is not None:
        raise Stopped(Trouble.OTHER_IDENTITY)
    _write(of_fin, identity.provider, identity.issuer, subject_hash(identity, data_folder), How.FIN, None, address, now)
    return of_fin


def claim(identity: Identity, data_folder: Path, *, now: datetime) -> str:
    """Note somebody nobody knows yet; the returned secret is for the browser alone."""
    secret = secrets.token_urlsafe(32)
    row = IdentityClaim(
        secret_hash=token_hash(secret),
        provider=identity.provider,
        issuer=identity.issuer,
        subject_hash=subject_hash(identity, data_folder),
        name=identity.name,
        created_at=now,
        expires_at=now + SHOWN_FOR,
    )
    db.session.add(row)
    db.session.flush()
    if identity.fin:
        sealed = fins.sealed_for(_owner(row), identity.fin, data_folder)
        row.fin_encrypted, row.fin_lookup = sealed.encrypted, sealed.lookup
    return secret


def open_claim(secret: str, now: datetime) -> IdentityClaim | None:
    """The claim of this secret that nobody has decided and staff have not been asked about."""
    found = db.session.scalar(select(IdentityClaim).where(IdentityClaim.secret_hash == token_hash(secret)))
    return found if found is not None and is_open(found, now) and found.asked_at is None else None


def is_open(row: IdentityClaim, now: datetime) -> bool:
    return row.decided_at is None and row.expires_at > now


def masked(row: IdentityClaim, data_folder: Path) -> str:
    """ "5AB****", or "" when the provider said no FIN."""
    return fins.mask(_fin(row, data_folder))


def accept(
    row: IdentityClaim,
    user: User,
    data_folder: Path,
    *,
    how: How,
    by: User | None = None,
    address: str = "",
    now: datetime,
) -> None:
    """Link the identity with `user`, who has shown the password, or of whom staff (`by`) are sure.

    The provider's FIN becomes the account's, confirmed. Raises Refused where that contradicts what is confirmed.
    """
    one_at_a_time("linking")
    if not is_open(row, now):
        raise Refused(gettext("This was decided already, or waited too long. Sign in at the provider again."))
    if not user.is_active:
        raise Refused(gettext("This account is closed."))
    known = _link(row.issuer, row.subject_hash)
    if known is not None and known.user_id != user.id:
        if known.user.is_active:
            raise Refused(gettext("This identity is connected with another account already."))
        db.session.delete(known)
        db.session.flush()
        known = None
    own = _link_of(user, row.issuer)
    if own is not None and own.subject_hash != row.subject_hash:
        raise Refused(gettext("The account is connected with another identity there. Disconnect that one first."))
    _take_fin(row, user, data_folder, by, now)
    if known is None:
        _write(user, row.provider, row.issuer, row.subject_hash, how, by, address, now)
    _decide(row, by, now)


def ask_staff(row: IdentityClaim, contact: str, *, now: datetime) -> None:
    """Leave it to staff to find out whose account this is; `contact` says how they reach the person."""
    contact = " ".join(contact.split())
    if not 3 <= len(contact) <= 200 or not contact.isprintable():
        raise Refused(gettext("Say how we reach you: an e-mail address or a phone number."), field="contact")
    _decide_asked(row.issuer, row.subject_hash, now)
    if len(asked(now)) >= MOST_ASKED:
        raise Refused(gettext("Too many people are waiting for an answer. Write to us instead."), status=429)
    row.contact, row.asked_at, row.expires_at = contact, now, now + ASKED_FOR


def asked(now: datetime) -> list[IdentityClaim]:
    """What waits for staff, the oldest first."""
    query = select(IdentityClaim).where(
        IdentityClaim.asked_at.is_not(None), IdentityClaim.decided_at.is_(None), IdentityClaim.expires_at > now
    )
    return list(db.session.scalars(query.order_by(IdentityClaim.asked_at, IdentityClaim.id)))


def said_the_same_fin(row: IdentityClaim) -> list[User]:
    """Accounts that gave this FIN without anybody having confirmed it: a hint for staff, no more."""
    if row.fin_lookup is None:
        return []
    query = select(User).where(User.fin_lookup == row.fin_lookup, User.fin_confirmed_at.is_(None))
    found = db.session.scalars(query.order_by(User.id).limit(10))
    return [user for user in found if user.is_active]


def turn_down(row: IdentityClaim, *, by: User, now: datetime) -> None:
    _decide(row, by, now)
    audit.record("identity_turned_down", actor_id=by.id, now=now, provider=row.provider)


def links_of(user: User) -> list[IdentityLink]:
    return list(
        db.session.scalars(select(IdentityLink).where(IdentityLink.user_id == user.id).order_by(IdentityLink.id))
    )


def unlink(link: IdentityLink, *, by: User, now: datetime) -> None:
    """The identity no longer opens the account. Raises Refused where its owner would have no way in any more."""
    user = link.user
    if by.id == user.id and user.password_hash is None and len(links_of(user)) == 1:
        raise Refused(gettext("It is your only way to sign in. Set a password first."))
    db.session.delete(link)
    audit.record(
        "identity_unlinked",
        actor_id=by.id,
        subject_type="user",
        subject_id=user.id,
        provider=link.provider,
        now=now,
    )
    tell_owner(user, Change.DISCONNECTED, by=by, provider=link.provider, now=now)


def forget(now: datetime) -> None:
    """Claims that ended; and, a month after an account was closed, which identity was connected with it."""
    closed = select(User.id).where(User.closed_at < now - ASKED_FOR)
    db.session.execute(delete(IdentityLink).where(IdentityLink.user_id.in_(closed)))
    db.session.execute(delete(IdentityClaim).where(IdentityClaim.expires_at < now))
    db.session.execute(delete(IdentityClaim).where(IdentityClaim.decided_at.is_not(None)))


def subject_hash(identity: Identity, data_folder: Path) -> str:
    """Some providers call people by their FIN: what is kept tells nobody whom."""
    said = f"{identity.issuer}\n{identity.subject}".encode()
    return hmac.new(keys.key(data_folder, "identity-subject"), said, hashlib.sha256).hexdigest()


def _take_fin(row: IdentityClaim, user: User, data_folder: Path, by: User | None, now: datetime) -> None:
    if row.fin_lookup is None:
        return
    holder = _holder(row.fin_lookup)
    differs = user.fin_confirmed_at is not None and user.fin_lookup != row.fin_lookup
    if differs or (holder is not None and holder.id != user.id):
        raise Refused(
            gettext(
                "The FIN the provider gave is not the one confirmed for this account. Write to us: staff look at "
                "the identity card and put it right."
            )
        )
    if user.fin_confirmed_at is None:
        fins.keep(user, _fin(row, data_folder) or "", data_folder)
        user.fin_confirmed_at = now
        audit.record(
            "fin_confirmed",
            actor_id=by.id if by else None,
            subject_type="user",
            subject_id=user.id,
            how=row.provider,
            now=now,
        )


def _decide(row: IdentityClaim, by: User | None, now: datetime) -> None:
    row.decided_at, row.decided_by = now, by.id if by else None
    row.fin_encrypted, row.fin_lookup, row.name, row.contact = None, None, "", ""


def _decide_asked(issuer: str, subject: str, now: datetime) -> None:
    """What staff were asked about this identity is settled, or asked anew."""
    same = select(IdentityClaim).where(
        IdentityClaim.issuer == issuer,
        IdentityClaim.subject_hash == subject,
        IdentityClaim.asked_at.is_not(None),
        IdentityClaim.decided_at.is_(None),
    )
    for earlier in db.session.scalars(same):
        _decide(earlier, None, now)


def _write(
    user: User,
    provider: str,
    issuer: str,
    subject: str,
    how: How,
    by: User | None,
    address: str,
    now: datetime,
) -> None:
    _decide_asked(issuer, subject, now)
    db.session.execute(
        delete(IdentityLink).where(IdentityLink.issuer == issuer, IdentityLink.subject_hash == subject)
    )  # of a closed account, if any
    db.session.add(
        IdentityLink(
            user_id=user.id,
            provider=provider,
            issuer=issuer,
            subject_hash=subject,
            how=how,
            linked_at=now,
            linked_by=by.id if by else None,
            used_at=None if by else now,
        )
    )
    audit.record(
        "identity_linked",
        actor_id=by.id if by else user.id,
        subject_type="user",
        subject_id=user.id,
        address=address,
        provider=provider,
        how=how,
        now=now,
    )
    db.session.flush()
    tell_owner(user, Change.CONNECTED, by=by, provider=provider, now=now)


def _link(issuer: str, subject: str) -> IdentityLink | None:
    return db.session.scalar(
        select(IdentityLink).where(IdentityLink.issuer == issuer, IdentityLink.subject_hash == subject)
    )


def _link_of(user: User, issuer: str) -> IdentityLink | None:
    return db.session.scalar(select(IdentityLink).where(IdentityLink.user_id == user.id, IdentityLink.issuer == issuer))


def _holder(hashed: str) -> User | None:
    """The open account this FIN was confirmed for."""
    user = db.session.scalar(select(User).where(User.fin_lookup == hashed, User.fin_confirmed_at.is_not(None)))
    return user if user is not None and user.is_active else None


def _fin(row: IdentityClaim, data_folder: Path) -> str | None:
    return fins.opened(row.fin_encrypted, _owner(row), data_folder) if row.fin_encrypted is not None else None


def _owner(row: IdentityClaim) -> bytes:
    return f"fin of claim {row.id}".encode()
