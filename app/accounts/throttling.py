"""How often sign-in may be tried. The same for accounts that exist and that do not, so that a refusal tells nothing.

Counted are failures of the last fifteen minutes: of one name from one address (a person mistyping), of one name from
anywhere (one account attacked from many places), of one address (many accounts attacked from one place; wide, since a
class shares one).
"""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import datetime, timedelta
from pathlib import Path

from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from app import keys
from app.accounts.models import SignInAttempt
from app.db import db
from app.errors import Refused
from app.folding import fold

WINDOW = timedelta(minutes=15)
MOST_OF_PAIR = 5
MOST_OF_NAME = 40
MOST_OF_ADDRESS = 100


def name_hash(identifier: str, data_folder: Path) -> str:
    """People type passwords into the wrong field: what was typed is not kept."""
    return hmac.new(keys.key(data_folder, "attempts"), fold(identifier).encode(), hashlib.sha256).hexdigest()


def check(hashed: str, address: str, *, now: datetime) -> None:
    """Raises Refused (429) that says how long to wait."""
    since = now - WINDOW
    name, place = SignInAttempt.identifier_hash == hashed, SignInAttempt.address == address
    last_success = db.session.scalar(
        select(func.max(SignInAttempt.at)).where(name, place, SignInAttempt.succeeded, SignInAttempt.at > since)
    )
    _refuse_after(MOST_OF_PAIR, name, place, after=last_success or since, now=now)
    _refuse_after(MOST_OF_NAME, name, after=since, now=now)
    check_address(address, now=now)


def check_address(address: str, *, now: datetime) -> None:
    """For what has no name, such as a code: only the place it is tried from counts."""
    _refuse_after(MOST_OF_ADDRESS, SignInAttempt.address == address, after=now - WINDOW, now=now)


def _refuse_after(most: int, *where: ColumnElement[bool], after: datetime, now: datetime) -> None:
    failures = select(SignInAttempt.at).where(*where, SignInAttempt.succeeded.is_(False), SignInAttempt.at > after)
    latest = list(db.session.scalars(failures.order_by(SignInAttempt.at.desc()).limit(most)))
    if len(latest) < most:
        return
    minutes = max(1, math.ceil((latest[-1] + WINDOW - now).total_seconds() / 60))
    raise Refused(
        ngettext(
            "Too many failed tries. Wait %(num)d minute and try again.",
            "Too many failed tries. Wait %(num)d minutes and try again.",
            minutes,
        ),
        status=429,
    )


def note(hashed: str, address: str, *, succeeded: bool, reason: str = "", now: datetime) -> None:
    db.session.add(SignInAttempt(identifier_hash=hashed, address=address, at=now, succeeded=succeeded, reason=reason))
