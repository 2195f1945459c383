"""How somebody gets an account: signs up, is invited, confirms the address, or sets a forgotten password anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from sqlalchemy import insert, select

from app import audit
from app.accounts import sessions, tokens
from app.accounts.models import LoginSession, Token, TokenPurpose, User
from app.db import db
from app.errors import Refused
from app.folding import fold
from app.notices.telling import Mail, forward, mail_many, tell

LONGEST_NAME = 120
MAILS_AN_HOUR = 5  # of one kind to one account, whoever asks for them
ENDED_BY_A_PASSWORD = (TokenPurpose.RESET_PASSWORD, TokenPurpose.ONE_TIME_CODE, TokenPurpose.SECOND_STEP)
CONFIRMING = (TokenPurpose.CONFIRM_EMAIL, TokenPurpose.INVITATION)


def normalise_email(text: str) -> str:
    """The address as it is stored and compared. Raises Refused (field "email")."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as problem:
        raise Refused(
            gettext("This is not an e-mail address. It looks like name@example.com."), field="email"
        ) from problem
    return (found.ascii_email or found.normalized).lower()


def normalise_name(text: str) -> str:
    """Raises Refused (field "name")."""
    name = " ".join(text.split())
    if len(name) < 2 or len(name) > LONGEST_NAME or not any(sign.isalpha() for sign in name):
        raise Refused(gettext("Give your name, up to %(count)s letters.", count=LONGEST_NAME), field="name")
    if any(not sign.isprintable() for sign in name) or "://" in name:
        raise Refused(gettext("A name has letters, blanks, hyphens and dots only."), field="name")
    return name


def user_of_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email))


def new_user(name: str, *, email: str | None, language: str, now: datetime) -> User:
    """A row for a person; `name` and `email` are normalised. Nothing is confirmed by it."""
    user = User(name=name, name_folded=fold(name), email=email, language=language, created_at=now)
    db.session.add(user)
    db.session.flush()
    return user


def rename(user: User, name: str, *, by: User, now: datetime) -> None:
    """`name` is normalised. Certificates issued already keep the name they were issued with."""
    if user.name != name:
        user.name, user.name_folded = name, fold(name)
        audit.record("renamed", actor_id=by.id, subject_type="user", subject_id=user.id, now=now)


def sign_up(name: str, email: str, *, language: str, address: str, now: datetime) -> None:
    """Ask for an account. Whatever is known of the address, exactly one mail is written and nothing is returned."""
    user = user_of_email(email)
    if user is None:
        user = new_user(name, email=email, language=language, now=now)
        audit.record("signed_up", actor_id=user.id, subject_type="user", subject_id=user.id, address=address, now=now)
    if not user.is_active:
        return
    if user.email_confirmed_at is None:
        if _may_mail(user, TokenPurpose.CONFIRM_EMAIL, now):
            secret = tokens.hand_out(user, TokenPurpose.CONFIRM_EMAIL, name=name, now=now)
            _mail(user, "confirm_email", {"name": name, "token": secret}, language, now)
    else:
        tell(
            None,
            user.email,
            user.language,
            "already_known",
            {"name": user.name},
            key=f"already_known:{user.id}:{now:%Y-%m-%dT%H}",  # one an hour
            now=now,
        )


def invite(name: str, email: str, *, language: str, by: User, reason: str = "", now: datetime) -> tuple[User, bool]:
    """The person of this address, and whether they are new.

    Who is new, or has not confirmed the address yet, gets a mail with a link to choose a password.

    `reason` is a sentence of the mail in the language of the invited ("You are in the group …").
    """
    user = user_of_email(email)
    is_new = user is None
    if user is None:
        user = new_user(name, email=email, language=language, now=now)
    # Who never followed the first link, which works for 14 days, gets another.
    if is_new or (user.email_confirmed_at is None and _may_mail(user, TokenPurpose.INVITATION, now)):
        secret = tokens.hand_out(user, TokenPurpose.INVITATION, name=name, now=now)
        _mail(user, "invitation", {"name": name, "inviter": by.name, "reason": reason, "token": secret}, language, now)
        audit.record("invited", actor_id=by.id, subject_type="user", subject_id=user.id, now=now)
    return user, is_new


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Somebody with an account that nobody has used yet."""

    user_id: int
    name: str
    email: str
    language: str


def invite_many(people: Sequence[Invited], *, inviter: str, reason: str, now: datetime) -> None:
    """Write everybody a mail with a link to choose a password, in three statements however many they are.

    For accounts just made, or just given an address: nobody of them has a link already.
    """
    links, mails = [], []
    for one in people:
        secret, columns = tokens.new_link(one.user_id, TokenPurpose.INVITATION, name=one.name, now=now)
        links.append(columns)
        params = {"name": one.name, "inviter": inviter, "reason": reason, "token": secret}
        key = f"invitation:{one.user_id}:{now.isoformat()}"
        mails.append(Mail(address=one.email, language=one.language, params=params, key=key))
    if people:
        db.session.execute(insert(Token), links)
        mail_many("invitation", mails, now=now)


def confirm(token: Token, *, name: str, password_hash: str, consented: bool, now: datetime) -> User:
    """The holder of the mailbox takes the account: address confirmed, password set, earlier devices signed out."""
    if not consented:
        raise Refused(gettext("Without your consent we may not keep an account for you."), field="consent")
    user = token.user
    user.consented_at = user.consented_at or now
    rename(user, name, by=user, now=now)
    _take(user, token, password_hash, now)
    audit.record("email_confirmed", actor_id=user.id, subject_type="user", subject_id=user.id, now=now)
    return user


def ask_reset(email: str, *, now: datetime) -> None:
    """Mail a link to set a new password, if there is such an account; the caller says the same either way."""
    user = user_of_email(email)
    if user is None or not user.is_active or not _may_mail(user, TokenPurpose.RESET_PASSWORD, now):
        return
    secret = tokens.hand_out(user, TokenPurpose.RESET_PASSWORD, now=now)
    _mail(user, "reset_password", {"name": user.name, "token": secret}, user.language, now)


def reset(token: Token, *, password_hash: str, now: datetime) -> User:
    """A forgotten password is set anew by the holder of the mailbox."""
    _take(token.user, token, password_hash, now)
    note_password_change(token.user, now=now)
    return token.user


def change_password(user: User, password_hash: str, *, device: LoginSession | None, now: datetime) -> None:
    """Every other device is signed out."""
    user.password_hash = password_hash
    sessions.revoke_all(user, but=device, now=now)
    tokens.end_all(user, *ENDED_BY_A_PASSWORD, now=now)
    note_password_change(user, now=now)


def note_password_change(user: User, *, now: datetime) -> None:
    audit.record("password_set", actor_id=user.id, subject_type="user", subject_id=user.id, now=now)
    tell(
        user.id,
        user.address,
        user.language,
        "password_changed",
        {"at": now.isoformat()},
        key=f"password_changed:{user.id}:{now.isoformat()}",
        now=now,
    )


def ask_email_change(user: User, email: str, *, now: datetime) -> None:
    """Mail a link to the new address. An address somebody else has gets no link, and the asker the same answer."""
    if email == user.email and user.email_confirmed_at is not None:
        raise Refused(gettext("This is already your address."), field="email")
    if tokens.handed_out_since(user, TokenPurpose.CHANGE_EMAIL, now - timedelta(hours=1)) >= MAILS_AN_HOUR:
        raise Refused(gettext("Enough mails have been sent for now. Try again in an hour."), field="email", status=429)
    secret = tokens.hand_out(user, TokenPurpose.CHANGE_EMAIL, email=email, now=now)
    holder = user_of_email(email)
    if holder is not None and holder.id != user.id and holder.email_confirmed_at is not None:
        tell(
            None,
            email,
            holder.language,
            "already_known",
            {"name": holder.name},
            key=f"already_known:{holder.id}:{now:%Y-%m-%dT%H}",
            now=now,
        )
        return
    _mail(user, "change_email", {"name": user.name, "token": secret}, user.language, now, to=email)


def change_email(token: Token, *, now: datetime) -> User:
    """The new address is confirmed by its holder; both are told."""
    user, email, old = token.user, token.payload["email"], token.user.address
    holder = user_of_email(email)
    if holder is not None and holder.id != user.id:
        if holder.email_confirmed_at is not None or holder.password_hash is not None:
            raise Refused(gettext("Another account has this address by now."))
        holder.email = None  # asked for, never confirmed: it belongs to whoever reads its mail
        tokens.end_all(holder, *CONFIRMING, TokenPurpose.RESET_PASSWORD, now=now)
        db.session.flush()
    token.used_at = now
    user.email, user.email_confirmed_at = email, now
    forward(user.id, email)
    audit.record("email_changed", actor_id=user.id, subject_type="user", subject_id=user.id, now=now)
    params, key = {"at": now.isoformat(), "new_address": email}, f"email_changed:{user.id}:{now.isoformat()}"
    if old and old != email:
        # on the page once: with the mail to the old address, whose owner may be another than who changed it
        tell(user.id, old, user.language, "email_changed", params, key=key, now=now)
        tell(None, email, user.language, "email_changed", params, key=f"{key}:new", now=now)
    else:
        tell(user.id, email, user.language, "email_changed", params, key=key, now=now)
    return user


def _take(user: User, token: Token, password_hash: str, now: datetime) -> None:
    token.used_at = now
    tokens.end_all(user, *CONFIRMING, *ENDED_BY_A_PASSWORD, now=now)
    user.email_confirmed_at = user.email_confirmed_at or now
    user.password_hash = password_hash
    sessions.revoke_all(user, now=now)


def _may_mail(user: User, purpose: TokenPurpose, now: datetime) -> bool:
    return tokens.handed_out_since(user, purpose, now - timedelta(hours=1)) < MAILS_AN_HOUR


def _mail(
    user: User, kind: str, params: dict[str, str], language: str, now: datetime, *, to: str | None = None
) -> None:
    """A mail with a secret in it: it never appears in the inbox on the site."""
    tell(None, to or user.email, language, kind, params, key=f"{kind}:{user.id}:{now.isoformat()}", now=now)
