"""What a trainer's screen shows and a learner's phone opens: a code that lives for a minute.

The code says no more than the meeting and a digest by a key of this site. Who opened it in time gets a ticket of the
same kind, for ten minutes: enough to sign in and press the button.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime
from pathlib import Path

from app import keys

CODE_STEP, CODE_STEPS = 20, 3  # seconds; a code is good for the step it was made in and the two after
TICKET_STEP, TICKET_STEPS = 300, 2


def code(meeting_id: int, data_folder: Path, now: datetime) -> str:
    return _signed(data_folder, _step(now, CODE_STEP), "code", meeting_id)


def is_code(given: str, meeting_id: int, data_folder: Path, now: datetime) -> bool:
    last = _step(now, CODE_STEP)
    return any(_same(given, _signed(data_folder, last - n, "code", meeting_id)) for n in range(CODE_STEPS))


def ticket(meeting_id: int, user_id: int, data_folder: Path, now: datetime) -> str:
    """For one learner: nobody else can use it."""
    return _signed(data_folder, _step(now, TICKET_STEP), "ticket", meeting_id, user_id)


def is_ticket(given: str, meeting_id: int, user_id: int, data_folder: Path, now: datetime) -> bool:
    last = _step(now, TICKET_STEP)
    made = (_signed(data_folder, last - n, "ticket", meeting_id, user_id) for n in range(TICKET_STEPS))
    return any(_same(given, one) for one in made)


def _step(now: datetime, seconds: int) -> int:
    return int(now.timestamp()) // seconds


def _same(given: str, made: str) -> bool:
    return hmac.compare_digest(given.encode(), made.encode())


def _signed(data_folder: Path, *words: object) -> str:
    digest = hmac.digest(keys.key(data_folder, "attendance"), repr(words).encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:15]).decode()
