"""The owner hears of every change in how the account is opened: by mail at once, and on the page of notices.

Nobody can switch it off. Nothing of what opens the account is in it: no FIN, no code, no secret.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from app.accounts.models import User
from app.notices.telling import tell


class Change(StrEnum):
    """What has changed; templates/notices/safety.txt has the words."""

    CONNECTED = "connected"  # an identity; `provider`: its key
    DISCONNECTED = "disconnected"  # an identity; `provider`: its key
    FACTOR_SET = "factor_set"
    FACTOR_REMOVED = "factor_removed"
    CODES_RENEWED = "codes_renewed"
    CODE_USED = "code_used"  # of the recovery codes; `left`: how many are left


def tell_owner(user: User, change: Change, *, by: User | None = None, now: datetime, **more: Any) -> None:
    """`by`: who did it, where that may be staff. Who has closed the account is told nothing any more."""
    if not user.is_active:
        return
    params = {
        "what": change.value,
        "name": user.name,
        "by_staff": by is not None and by.id != user.id,
        "at": now.isoformat(),
        **more,
    }
    key = f"safety:{change}:{user.id}:{now.isoformat()}"
    tell(user.id, user.address, user.language, "safety", params, key=key, now=now)
