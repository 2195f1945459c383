"""What staff do with accounts: find people, add a pupil without e-mail, print a code, confirm a FIN, close."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask_babel import gettext
from sqlalchemy import Select, func, or_, select

from app import audit
from app.accounts import fin, granting, sessions, tokens
from app.accounts.identity import second_factor
from app.accounts.models import Grant, Role, Token, TokenPurpose, User
from app.accounts.registering import new_user, normalise_email, normalise_name, user_of_email
from app.db import db
from app.errors import Refused
from app.folding import fold
from app.notices.telling import forget_all

PAGE = 25


def find_people(words: str, *, role: Role | None = None, page: int = 1) -> tuple[list[User], int]:
    """People whose name or e-mail holds every word (letters folded), one page of them, and the number of pages."""
    query = matching(words)
    if role is not None:
        query = query.where(User.id.in_(select(Grant.user_id).where(Grant.role == role)))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = db.session.scalars(query.order_by(User.name_folded, User.id).offset((page - 1) * PAGE).limit(PAGE))
    return list(found), max(1, -(-total // PAGE))


def matching(words: str) -> Select[User]:
    """A SELECT of who has every word in the name or the e-mail address, letters folded."""
    query: Select[User] = select(User)
    for word in fold(words).split()[:6]:
        query = query.where(
            or_(User.name_folded.contains(word, autoescape=True), User.email.contains(word, autoescape=True))
        )
    return query


def roles_of(people: list[User]) -> dict[int, list[Grant]]:
    """The grants of each, in one query."""
    found: dict[int, list[Grant]] = {user.id: [] for user in people}
    for given in db.session.scalars(select(Grant).where(Grant.user_id.in_(found)).order_by(Grant.role)):
        found[given.user_id].append(given)
    return found


def add_person(name: str, email: str, *, language: str, by: User, now: datetime) -> User:
    """Somebody staff vouch for, who signs in by a code first. Raises Refused if the address is taken."""
    name = normalise_name(name)
    address = normalise_email(email) if email.strip() else None
    if address and user_of_email(address) is not None:
        raise Refused(gettext("Somebody has this address already. Find them by it."), field="email")
    user = new_user(name, email=address, language=language, now=now)
    audit.record("person_added", actor_id=by.id, subject_type="user", subject_id=user.id, now=now)
    return user


def issue_code(user: User, data_folder: Path, *, by: User, now: datetime) -> str:
    """A code on paper, for one sign-in within a week; an earlier one stops working. Shown once."""
    if not user.is_active:
        raise Refused(gettext("This account is closed."))
    code = tokens.hand_out_code(user, data_folder, now=now, by=by.id)
    audit.record("code_issued", actor_id=by.id, subject_type="user", subject_id=user.id, now=now)
    return code


def confirm_fin(user: User, typed: str, data_folder: Path, *, by: User, now: datetime) -> None:
    """Staff have seen the identity card and type its FIN: from now on it identifies this person.

    Raises Refused (field "fin") when it is malformed, confirmed for somebody else, or the account closed.
    """
    if not user.is_active:
        raise Refused(gettext("This account is closed."), field="fin")
    normal = fin.normalise(typed)
    hashed = fin.lookup(normal, data_folder)
    other = db.session.scalar(
        select(User.id).where(User.fin_lookup == hashed, User.fin_confirmed_at.is_not(None), User.id != user.id)
    )
    if other is not None:
        raise Refused(gettext("This FIN is confirmed for another account."), field="fin")
    fin.keep(user, normal, data_folder)
    user.fin_confirmed_at = now
    audit.record("fin_confirmed", actor_id=by.id, subject_type="user", subject_id=user.id, now=now)


def close_account(user: User, *, by: User, now: datetime) -> None:
    """Nobody signs in to it any more, and its address and FIN become free. What was learnt and certified stays."""
    if not user.is_active:
        return
    for given in db.session.scalars(select(Grant).where(Grant.user_id == user.id)).all():
        granting.revoke(given, by=by, now=now)
    sessions.revoke_all(user, now=now)
    tokens.end_all(user, *TokenPurpose, now=now)
    handed_out = list(db.session.scalars(select(Token).where(Token.user_id == user.id)))
    forget_all(user.id, {user.email or "", *(token.payload.get("email", "") for token in handed_out)} - {""})
    for token in handed_out:
        token.payload = {}
    user.closed_at = now
    user.email = user.email_confirmed_at = user.password_hash = None
    fin.forget(user)
    second_factor.remove(user, by=by, now=now)
    audit.record("account_closed", actor_id=by.id, subject_type="user", subject_id=user.id, now=now)
