"""What waited to be mailed is looked at once more when its hour has come: a mail says what is true when it is sent.

Whose matter a kind is says at start how to look (`confirms`). Looking reads only: a worker that dies over it has done
nothing. The page of notices keeps what was told, as it was told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Flask, current_app

from app.notices import preferring
from app.notices.models import Notice

Params = Mapping[str, Any]
Look = Callable[[int, Params, datetime], Params | None]  # (recipient, params, now) → the params of now, None: settled


def confirms(site: Flask, looks: Mapping[str, Look]) -> None:
    """By kind, how to look again. A kind without is mailed as it was told."""
    site.extensions.setdefault("bilik.looks", {}).update(looks)


def params_now(notice: Notice, now: datetime) -> Params | None:
    """What the mail of `notice` says now; None where its reader no longer wants it, or nothing is left to say."""
    if notice.recipient_id is None:
        return notice.params
    chosen = preferring.chosen_by([notice.recipient_id]).get(notice.recipient_id, preferring.EVERYTHING)
    if not chosen.mails(notice.kind):
        return None
    look: Look | None = current_app.extensions.get("bilik.looks", {}).get(notice.kind)
    return notice.params if look is None else look(notice.recipient_id, notice.params, now)
