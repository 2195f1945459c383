"""A second thing to show when signing in: the code a programme on one's phone shows now (TOTP, RFC 6238).

Six digits, thirty seconds, SHA-1, as every such programme expects. No code is taken twice; who has lost the phone has
ten recovery codes, each for one time.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import segno
from flask_babel import gettext
from sqlalchemy import delete, select, update

from app import audit, keys
from app.accounts import sessions, throttling, tokens
from app.accounts.identity.models import SecondFactor
from app.accounts.identity.safety import Change, tell_owner
from app.accounts.models import LoginSession, SecondFactorState, User
from app.db import db, hold
from app.errors import Refused

STEP = 30  # seconds
CLOCKS_DIFFER = 1  # steps before and after
RECOVERY_CODES = 10


def is_on(user: User) -> bool:
    return _of(user, confirmed=True) is not None


def prepare(user: User, data_folder: Path, *, now: datetime) -> None:
    """A new secret, which counts once `confirm` has seen a code made with it."""
    if is_on(user):
        raise Refused(gettext("A second factor is set up already."))
    row = _of(user, confirmed=False)
    if row is None:
        row = SecondFactor(user_id=user.id)
        db.session.add(row)
    row.secret_encrypted = _sealed(user, pyotp.random_base32(), data_folder)
    row.recovery, row.last_step, row.created_at = [], None, now
    db.session.flush()


def prepared_secret(user: User, data_folder: Path) -> str | None:
    """What the programme is told, in Base32, while it is being set up; never again afterwards."""
    row = _of(user, confirmed=False)
    return _opened(row, user, data_folder) if row is not None else None


def qr(user: User, secret: str, centre: str) -> str:
    """The secret as an SVG for the phone's camera. It names the account by its address, or by the person's name."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email or user.name, issuer_name=centre)
    return str(segno.make(address, error="m").svg_inline(border=2, scale=4))


def confirm(
    user: User, code: str, data_folder: Path, *, device: LoginSession | None, address: str, now: datetime
) -> list[str]:
    """The programme shows the right code: from now on one is asked for. Other devices are signed out.

    Returns the recovery codes, to be shown once. Raises Refused (field "code"); the failed try is noted: commit it.
    """
    _check_tries(user, data_folder, address, now)
    row = _of(user, confirmed=False)
    if row is None:
        raise Refused(gettext("Begin again: the setting up was not finished in time."))
    hold(row)
    if not _takes(row, code, _opened(row, user, data_folder), now):
        _note_try(user, data_folder, address, now, succeeded=False)
        raise _wrong()
    row.confirmed_at = now
    sessions.revoke_all(user, but=device, now=now)
    if device is not None:
        device.second_factor = SecondFactorState.GIVEN
    audit.record("second_factor_set", actor_id=user.id, subject_type="user", subject_id=user.id, now=now)
    tell_owner(user, Change.FACTOR_SET, now=now)
    return _new_recovery_codes(row, data_folder)


def check(user: User, code: str, data_folder: Path, *, address: str, now: datetime) -> None:
    """Raises Refused (field "code") when this is neither the code of now nor a recovery code left; commit the try."""
    _check_tries(user, data_folder, address, now)
    row = _of(user, confirmed=True)
    if row is None:
        return
    hold(row)
    if _takes(row, code, _opened(row, user, data_folder), now):
        _note_try(user, data_folder, address, now, succeeded=True)
        return
    hashed = tokens.code_hash(code, data_folder)
    if any(hmac.compare_digest(hashed, kept) for kept in row.recovery):
        row.recovery = [kept for kept in row.recovery if kept != hashed]
        _note_try(user, data_folder, address, now, succeeded=True)
        audit.record("recovery_code_used", actor_id=user.id, subject_type="user", subject_id=user.id, now=now)
        tell_owner(user, Change.CODE_USED, left=len(row.recovery), now=now)
        return
    _note_try(user, data_folder, address, now, succeeded=False)
    audit.record(
        "second_factor_failed", actor_id=None, subject_type="user", subject_id=user.id, address=address, now=now
    )
    raise _wrong()


def codes_left(user: User) -> int:
    row = _of(user, confirmed=True)
    return len(row.recovery) if row is not None else 0


def renew_recovery_codes(user: User, data_folder: Path, *, now: datetime) -> list[str]:
    """Ten new ones, to be shown once; those from before stop working."""
    row = _of(user, confirmed=True)
    if row is None:
        raise Refused(gettext("No second factor is set up."))
    audit.record("recovery_codes_renewed", actor_id=user.id, subject_type="user", subject_id=user.id, now=now)
    tell_owner(user, Change.CODES_RENEWED, now=now)
    return _new_recovery_codes(row, data_folder)


def remove(user: User, *, by: User, now: datetime) -> None:
    """By the person (who has shown it), or by staff who know them: then every device is signed out."""
    row = _of(user, confirmed=True)
    if row is None:
        return
    db.session.delete(row)
    if by.id != user.id:
        sessions.revoke_all(user, now=now)
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.user_id == user.id, LoginSession.second_factor == SecondFactorState.GIVEN)
        .values(second_factor=SecondFactorState.NONE)
    )
    audit.record("second_factor_removed", actor_id=by.id, subject_type="user", subject_id=user.id, now=now)
    tell_owner(user, Change.FACTOR_REMOVED, by=by, now=now)


def forget(now: datetime) -> None:
    """What was begun a day ago and not finished: the secret has been on a screen."""
    unfinished = SecondFactor.confirmed_at.is_(None) & (SecondFactor.created_at < now - timedelta(days=1))
    db.session.execute(delete(SecondFactor).where(unfinished))


def _of(user: User, *, confirmed: bool) -> SecondFactor | None:
    state = SecondFactor.confirmed_at.is_not(None) if confirmed else SecondFactor.confirmed_at.is_(None)
    return db.session.scalar(select(SecondFactor).where(SecondFactor.user_id == user.id, state))


def _takes(row: SecondFactor, code: str, secret: str, now: datetime) -> bool:
    """Whether `code` is that of now or a step beside, later than the last one taken; it is taken by this."""
    typed = "".join(code.split())
    current = int(now.timestamp()) // STEP
    for step in range(current - CLOCKS_DIFFER, current + CLOCKS_DIFFER + 1):
        right = hmac.compare_digest(pyotp.HOTP(secret).at(step).encode(), typed.encode())
        if right and (row.last_step is None or step > row.last_step):
            row.last_step = step
            return True
    return False


def _wrong() -> Refused:
    return Refused(
        gettext("This code is not right. Type the one the programme shows now; each is taken once."),
        status=401,
        field="code",
    )


def _new_recovery_codes(row: SecondFactor, data_folder: Path) -> list[str]:
    made = [tokens.new_code() for _ in range(RECOVERY_CODES)]
    row.recovery = [tokens.code_hash(code, data_folder) for code in made]
    db.session.flush()
    return made


def _tried(user: User, data_folder: Path) -> str:
    return throttling.name_hash(f"second factor of {user.id}", data_folder)


def _check_tries(user: User, data_folder: Path, address: str, now: datetime) -> None:
    throttling.check(_tried(user, data_folder), address, now=now)


def _note_try(user: User, data_folder: Path, address: str, now: datetime, *, succeeded: bool) -> None:
    throttling.note(_tried(user, data_folder), address, succeeded=succeeded, reason="second factor", now=now)


def _sealed(user: User, secret: str, data_folder: Path) -> bytes:
    return keys.sealed(data_folder, "second-factor", secret.encode(), _bound_to(user))


def _opened(row: SecondFactor, user: User, data_folder: Path) -> str:
    return keys.opened(data_folder, "second-factor", row.secret_encrypted, _bound_to(user)).decode()


def _bound_to(user: User) -> bytes:
    return f"second factor of user {user.id}".encode()
