"""What somebody is typing: saved with a revision, and a clash keeps both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.db import db, hold
from app.errors import Refused
from app.grading.models import Draft, DraftCopy
from app.grading.seats import Seat

MAX_CHARACTERS = 1_000_000  # of all files together
COPIES_KEPT = 20


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a save. After a clash the draft is as it was and what was sent lies in `copy`."""

    revision: int
    saved_at: datetime
    copy: DraftCopy | None = None

    @property
    def clashed(self) -> bool:
        return self.copy is not None


def draft_of(seat: Seat, item: str) -> Draft | None:
    return db.session.scalar(
        select(Draft).where(Draft.user_id == seat.user.id, Draft.version_id == seat.version.id, Draft.item == item)
    )


def save(seat: Seat, item: str, files: Mapping[str, str], *, revision: int, now: datetime) -> Saved:
    """Keep `files` ({name or cell id: text}), typed on top of `revision` (0: of nothing).

    A newer revision by another tab or device stays the draft; what was sent becomes a copy, and the answer says so.
    Raises Refused when it is larger than a draft may be.
    """
    if sum(len(name) + len(text) for name, text in files.items()) > MAX_CHARACTERS:
        raise Refused(_("This is too long to be kept as a draft."), status=413)
    hold(seat.user)  # of two tabs that save at once one is the later
    draft = draft_of(seat, item)
    if draft is None:
        draft = Draft(
            user_id=seat.user.id, version_id=seat.version.id, item=item, revision=1, files=dict(files), saved_at=now
        )
        db.session.add(draft)
        db.session.flush()
    elif draft.files == dict(files):
        pass  # the same text from two tabs is no clash
    elif draft.revision == revision:
        draft.files, draft.revision, draft.saved_at = dict(files), draft.revision + 1, now
    else:
        return Saved(revision=draft.revision, saved_at=draft.saved_at, copy=_keep(draft, files, now=now))
    return Saved(revision=draft.revision, saved_at=draft.saved_at)


def restore(seat: Seat, item: str, files: Mapping[str, str], *, now: datetime) -> Saved:
    """Make an older text the draft; what was the draft is kept as a copy."""
    hold(seat.user)
    draft = draft_of(seat, item)
    if draft is not None and draft.files != dict(files):
        _keep(draft, draft.files, now=draft.saved_at)
    return save(seat, item, files, revision=draft.revision if draft else 0, now=now)


def clear(seat: Seat, item: str, *, now: datetime) -> None:
    """What was typed is handed in, and nothing is being typed. A save still under way meets a newer revision."""
    draft = draft_of(seat, item)
    if draft is None:
        draft = Draft(user_id=seat.user.id, version_id=seat.version.id, item=item, revision=0)
        db.session.add(draft)
    else:
        db.session.execute(delete(DraftCopy).where(DraftCopy.draft_id == draft.id))
    draft.files, draft.revision, draft.saved_at = {}, draft.revision + 1, now
    db.session.flush()


def copies(seat: Seat, item: str) -> Sequence[DraftCopy]:
    """The other sides of clashes and what was replaced by restoring, newest first."""
    return db.session.scalars(
        select(DraftCopy)
        .join(Draft, DraftCopy.draft_id == Draft.id)
        .where(Draft.user_id == seat.user.id, Draft.version_id == seat.version.id, Draft.item == item)
        .order_by(DraftCopy.id.desc())
    ).all()


def _keep(draft: Draft, files: Mapping[str, str], *, now: datetime) -> DraftCopy:
    kept = db.session.scalars(
        select(DraftCopy).where(DraftCopy.draft_id == draft.id).order_by(DraftCopy.id.desc())
    ).all()
    if kept and kept[0].files == dict(files):
        return kept[0]
    for old in kept[COPIES_KEPT - 1 :]:
        db.session.delete(old)
    copy = DraftCopy(draft_id=draft.id, files=dict(files), saved_at=now)
    db.session.add(copy)
    db.session.flush()
    return copy
